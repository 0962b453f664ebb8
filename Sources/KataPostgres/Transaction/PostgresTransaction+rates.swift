import Kata

/// When jobs began last, so that rates outlive the daemon.
extension PostgresTransaction {
    func saveStart(pipeline: String, key: String?, at time: Timestamp, forgettingBefore expiry: Timestamp) throws {
        let id = try pipelineID(of: pipeline)
        write("UPDATE pipeline SET last_start = $2 WHERE id = $1", [.integer(id), .time(time)])
        guard let key else { return }
        write("DELETE FROM start WHERE pipeline_id = $1 AND started_at < $2", [.integer(id), .time(expiry)])
        write(
            """
            INSERT INTO start (pipeline_id, key, started_at) VALUES ($1, $2, $3)
            ON CONFLICT (pipeline_id, key) DO UPDATE SET started_at = excluded.started_at
            """, [.integer(id), .text(key), .time(time)])
    }

    func lastStarts(pipeline: String, since time: Timestamp) throws -> LastStarts {
        let results = try run(
            [
                PostgresStatement(
                    "SELECT last_start FROM pipeline WHERE name = $1 AND last_start >= $2",
                    [.text(pipeline), .time(time)]),
                PostgresStatement(
                    """
                    SELECT key, started_at FROM start
                    WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = $1) AND started_at >= $2
                    ORDER BY started_at DESC LIMIT $3
                    """, [.text(pipeline), .time(time), .integer(LastStarts.keyLimit)]),
            ], writes: false)
        let keys = results[1].rows { ($0.text(0), Timestamp(milliseconds: $0.integer(1))) }
        return LastStarts(
            latest: results[0].rows { $0.timestamp(0) }.first ?? nil,
            // Texts that a database tells apart may be the same to Swift; the later time comes first.
            keys: Dictionary(keys) { first, _ in first })
    }
}
