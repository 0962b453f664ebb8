import GRDB
import Kata

extension SQLiteTransaction {
    func saveDrain(_ receipt: DrainReceipt, of pipeline: String) throws {
        try database.execute(
            sql: """
                UPDATE pipeline SET drained_at = ?, drain_finished = ?, drain_went_back = ?, drain_cut_off = ? WHERE id = ?
                """,
            arguments: [
                receipt.at.milliseconds, receipt.finished, receipt.wentBack, receipt.cutOff,
                try pipelineID(of: pipeline),
            ]
        )
    }

    func setPaused(_ isPaused: Bool, pipeline: String, at time: Timestamp) throws {
        try database.execute(
            sql: "UPDATE pipeline SET paused_at = ? WHERE id = ?",
            arguments: [isPaused ? time.milliseconds : nil, try pipelineID(of: pipeline)]
        )
    }

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

    func saveStart(pipeline: String, key: String?, at time: Timestamp, forgettingBefore expiry: Timestamp) throws {
        let id = try pipelineID(of: pipeline)
        let update = try SQLStatement("UPDATE pipeline SET last_start = ?2 WHERE id = ?1", in: database)
        update.bind(id, at: 1)
        update.bind(time.milliseconds, at: 2)
        try update.execute()
        guard let key else { return }
        let forget = try SQLStatement("DELETE FROM start WHERE pipeline_id = ?1 AND started_at < ?2", in: database)
        forget.bind(id, at: 1)
        forget.bind(expiry.milliseconds, at: 2)
        try forget.execute()
        let insert = try SQLStatement(
            "INSERT OR REPLACE INTO start (pipeline_id, key, started_at) VALUES (?1, ?2, ?3)", in: database)
        insert.bind(id, at: 1)
        insert.bind(key, at: 2)
        insert.bind(time.milliseconds, at: 3)
        try insert.execute()
    }

    func lastStarts(pipeline: String, since time: Timestamp) throws -> LastStarts {
        let latest = try SQLStatement(
            "SELECT last_start FROM pipeline WHERE name = ?1 AND last_start >= ?2", in: database)
        latest.bind(pipeline, at: 1)
        latest.bind(time.milliseconds, at: 2)
        let keys = try SQLStatement(
            """
            SELECT key, started_at FROM start
            WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = ?1) AND started_at >= ?2
            ORDER BY started_at DESC LIMIT ?3
            """, in: database
        )
        keys.bind(pipeline, at: 1)
        keys.bind(time.milliseconds, at: 2)
        keys.bind(Int64(LastStarts.keyLimit), at: 3)
        let rows = try keys.rows { ($0.text(0), Timestamp(milliseconds: $0.integer(1))) }
        return LastStarts(
            latest: try latest.rows { $0.timestamp(0) }.first ?? nil,
            // Texts that a database tells apart may be the same to Swift; the later time comes first.
            keys: Dictionary(rows) { first, _ in first })
    }

    /// The id of the pipeline of that name, which is added if need be.
    func pipelineID(of name: String) throws -> Int64 {
        let query = try SQLStatement("SELECT id FROM pipeline WHERE name = ?1", in: database)
        query.bind(name, at: 1)
        if let known = try query.rows({ $0.integer(0) }).first { return known }
        try database.execute(sql: "INSERT INTO pipeline (name) VALUES (?)", arguments: [name])
        return database.lastInsertedRowID
    }
}
