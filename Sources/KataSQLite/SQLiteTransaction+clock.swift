import GRDB
import Kata

extension SQLiteTransaction {
    func drawBack(run: Run.ID, to now: Timestamp) throws -> Int {
        // A clock that is before the first run is wrong itself.
        guard try hasBegun(by: now) else { return 0 }
        let limit = now.advanced(by: Self.clockTolerance).milliseconds
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

    func retentionClock(pipeline: String) throws -> RetentionClock {
        let query = try SQLStatement(
            "SELECT clock_trusted_at, clock_jumped_at FROM pipeline WHERE name = ?1", in: database)
        query.bind(pipeline, at: 1)
        let clocks = try query.rows { RetentionClock(trusted: $0.timestamp(0), jumped: $0.timestamp(1)) }
        return clocks.first ?? RetentionClock()
    }

    func saveRetentionClock(_ clock: RetentionClock, pipeline: String) throws {
        let update = try SQLStatement(
            "UPDATE pipeline SET clock_trusted_at = ?2, clock_jumped_at = ?3 WHERE id = ?1", in: database)
        update.bind(try pipelineID(of: pipeline), at: 1)
        update.bind(clock.trusted?.milliseconds, at: 2)
        update.bind(clock.jumped?.milliseconds, at: 3)
        try update.execute()
    }

    func drawBackEnds(of jobs: [Job.ID], after limit: Timestamp, to time: Timestamp) throws -> Int {
        let updates = try [
            "UPDATE job SET finished_at = ?3 WHERE id = ?1 AND finished_at > ?2",
            """
            UPDATE result SET started_at = min(started_at, ?3), finished_at = ?3
            WHERE id = (SELECT result_id FROM job WHERE id = ?1) AND finished_at > ?2
            """,
        ].map { try SQLStatement($0, in: database) }
        var count = 0
        for job in jobs {
            var isChanged = false
            for update in updates {
                update.bind(job, at: 1)
                update.bind(limit.milliseconds, at: 2)
                update.bind(time.milliseconds, at: 3)
                try update.execute()
                if database.changesCount > 0 { isChanged = true }
            }
            if isChanged { count += 1 }
        }
        return count
    }

    private func hasBegun(by now: Timestamp) throws -> Bool {
        let query = try SQLStatement("SELECT started_at FROM run ORDER BY id LIMIT 1", in: database)
        return try query.rows { $0.integer(0) }.first.map { $0 <= now.milliseconds } ?? false
    }
}
