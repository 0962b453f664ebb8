import GRDB
import Kata

/// When jobs began last, so that rates outlive the daemon.
extension SQLiteTransaction {
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
}
