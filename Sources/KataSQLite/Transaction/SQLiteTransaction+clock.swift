import GRDB
import Kata

extension SQLiteTransaction {
    func drawBack(run: Run.ID, to now: Timestamp) throws -> Int {
        // A clock that is before the first run is wrong itself.
        guard try hasBegun(by: now) else { return 0 }
        let limit = now.advanced(by: Timestamp.clockTolerance).milliseconds
        let keys = try SQLStatement("UPDATE submission SET created_at = ?1 WHERE created_at > ?2", in: database)
        keys.bind(now.milliseconds, at: 1)
        keys.bind(limit, at: 2)
        try keys.execute()
        let jobs = try SQLStatement(
            """
            UPDATE job SET run_at = ?2 + max(0, run_at - put_off_at), put_off_at = ?2
            WHERE run_id = ?1 AND put_off_at > ?3 AND run_at > ?2
            """, in: database)
        jobs.bind(run, at: 1)
        jobs.bind(now.milliseconds, at: 2)
        jobs.bind(limit, at: 3)
        try jobs.execute()
        return database.changesCount
    }

    private func hasBegun(by now: Timestamp) throws -> Bool {
        let query = try SQLStatement("SELECT started_at FROM run ORDER BY id LIMIT 1", in: database)
        return try query.rows { $0.integer(0) }.first.map { $0 <= now.milliseconds } ?? false
    }
}
