import Kata

extension PostgresTransaction {
    func drawBack(run: Run.ID, to now: Timestamp) throws -> Int {
        // A clock that is before the first run is wrong itself.
        let first = try rows("SELECT started_at FROM run ORDER BY id LIMIT 1") { $0.integer(0) }.first
        guard let first, first <= now.milliseconds else { return 0 }
        let limit = now.advanced(by: Timestamp.clockTolerance)
        write("UPDATE submission SET created_at = $1 WHERE created_at > $2", [.time(now), .time(limit)])
        return try change(
            """
            UPDATE job SET run_at = $2 + greatest(0, run_at - put_off_at), put_off_at = $2
            WHERE run_id = $1 AND put_off_at > $3 AND run_at > $2
            """, [.integer(run), .time(now), .time(limit)])
    }
}
