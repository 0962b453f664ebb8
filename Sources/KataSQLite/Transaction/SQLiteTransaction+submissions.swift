import GRDB
import Kata

/// The answers to requests under their keys.
extension SQLiteTransaction {
    func submission(key: String, pipeline: String) throws -> Submission? {
        let query = try SQLStatement(
            """
            SELECT fingerprint, job_ids FROM submission JOIN pipeline ON pipeline.id = pipeline_id
            WHERE name = ?1 AND key = ?2
            """, in: database
        )
        query.bind(pipeline, at: 1)
        query.bind(key, at: 2)
        return try query.rows { row in
            Submission(fingerprint: row.integer(0), jobs: SubmittedJobList(text: row.text(1)).jobs)
        }.first
    }

    func saveSubmission(
        _ submission: Submission, key: String, pipeline: String, at time: Timestamp, forgettingBefore expiry: Timestamp
    ) throws {
        let forget = try SQLStatement("DELETE FROM submission WHERE created_at < ?1", in: database)
        forget.bind(expiry.milliseconds, at: 1)
        try forget.execute()
        let insert = try SQLStatement(
            """
            INSERT OR REPLACE INTO submission (pipeline_id, key, fingerprint, job_ids, created_at)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """, in: database
        )
        insert.bind(try pipelineID(of: pipeline), at: 1)
        insert.bind(key, at: 2)
        insert.bind(submission.fingerprint, at: 3)
        insert.bind(SubmittedJobList(jobs: submission.jobs).text, at: 4)
        insert.bind(time.milliseconds, at: 5)
        try insert.execute()
    }
}
