import GRDB
import Kata

extension SQLiteTransaction {
    func drawBack(run: Run.ID, to now: Timestamp) throws -> Int {
        let limit = now.advanced(by: Self.clockTolerance).milliseconds
        guard try isAhead(of: now, limit: limit) else { return 0 }
        let keys = try SQLStatement("UPDATE submission SET created_at = ?1 WHERE created_at > ?2", in: database)
        keys.bind(now.milliseconds, at: 1)
        keys.bind(limit, at: 2)
        try keys.execute()
        let jobs = try SQLStatement(
            """
            UPDATE job SET run_at = ?2 + max(0, job.run_at - put_off.since) FROM (
                SELECT id, coalesce(
                    (SELECT finished_at FROM attempt WHERE job_id = job.id ORDER BY id DESC LIMIT 1), created_at) AS since
                FROM job WHERE run_id = ?1 AND state = 1 AND run_at > ?2
            ) AS put_off
            WHERE job.id = put_off.id AND put_off.since > ?3
            """, in: database)
        jobs.bind(run, at: 1)
        jobs.bind(now.milliseconds, at: 2)
        jobs.bind(limit, at: 3)
        try jobs.execute()
        return database.changesCount
    }

    /// Whether the latest that is recorded is ahead of the clock, and the first run is not. Asked of the last rows only:
    /// a clock that is set right is noticed before others follow.
    private func isAhead(of now: Timestamp, limit: Int64) throws -> Bool {
        let query = try SQLStatement(
            """
            SELECT (SELECT started_at FROM run ORDER BY id LIMIT 1) <= ?1 AND max(
                coalesce((SELECT created_at FROM job ORDER BY id DESC LIMIT 1), 0),
                coalesce((SELECT finished_at FROM attempt ORDER BY id DESC LIMIT 1), 0),
                coalesce((SELECT finished_at FROM result ORDER BY id DESC LIMIT 1), 0)) > ?2
            """, in: database)
        query.bind(now.milliseconds, at: 1)
        query.bind(limit, at: 2)
        return try query.rows { $0.integer(0) != 0 }.first ?? false
    }
}
