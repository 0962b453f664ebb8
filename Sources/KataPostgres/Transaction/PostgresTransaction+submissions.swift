import Kata

/// The answers to requests under their keys.
extension PostgresTransaction {
    func submission(key: String, pipeline: String) throws -> Submission? {
        // Before the look: whoever looks while another one writes would see nothing, and write, too.
        takeOrder()
        return try rows(
            """
            SELECT fingerprint, job_ids FROM submission JOIN pipeline ON pipeline.id = pipeline_id
            WHERE name = $1 AND key = $2
            """, [.text(pipeline), .text(key)]
        ) { row in
            Submission(fingerprint: row.integer(0), jobs: SubmittedJobList(text: row.text(1)).jobs)
        }.first
    }

    func saveSubmission(
        _ submission: Submission, key: String, pipeline: String, at time: Timestamp, forgettingBefore expiry: Timestamp
    ) throws {
        write("DELETE FROM submission WHERE created_at < $1", [.time(expiry)])
        write(
            """
            INSERT INTO submission (pipeline_id, key, fingerprint, job_ids, created_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (pipeline_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, job_ids = excluded.job_ids,
                created_at = excluded.created_at
            """,
            [
                .integer(try pipelineID(of: pipeline)), .text(key), .integer(submission.fingerprint),
                .text(SubmittedJobList(jobs: submission.jobs).text), .time(time),
            ])
    }
}
