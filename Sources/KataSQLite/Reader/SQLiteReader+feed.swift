import GRDB
public import Kata

extension SQLiteReader {
    /// The priorities of a run's pending jobs, the highest first. Its cost grows with the number of priorities, and not
    /// of jobs.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func pendingPriorities(run: Run.ID) async throws -> [Int] {
        try await read { try Self.pendingPriorities(run, $0) }
    }

    static func pendingPriorities(_ run: Run.ID, _ database: Database) throws -> [Int] {
        // The index is asked for the next lower priority each time, so that no job is looked at.
        let query = try SQLStatement(
            "SELECT max(priority) FROM job WHERE run_id = ?1 AND state = 0 AND priority < ?2", in: database)
        query.bind(run, at: 1)
        var priorities: [Int] = []
        while true {
            query.bind(Int64(priorities.last ?? NewJob.priorities.upperBound + 1), at: 2)
            guard let next = try query.rows({ $0.isNull(0) ? nil : Int($0.integer(0)) })[0] else { return priorities }
            priorities.append(next)
        }
    }

    /// Pending jobs of a run and priority, in order of id; fewer than `limit` if their items are more than
    /// a `StorePage`. Jobs with excepted keys are gone through on the way; those with one key have an index.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func pendingJobs(
        run: Run.ID, priority: Int, keys: JobKeys, after id: Job.ID, through last: Job.ID, limit: Int
    ) async throws -> [Job] {
        try await read { database in
            let isUpTo = last < .max ? " AND id <= ?5" : ""
            let query = try SQLStatement(
                """
                SELECT \(SQLStatement.readyJobColumns(in: database)) FROM job
                WHERE run_id = ?1 AND priority = ?2 AND state = 0 AND id > ?3\(isUpTo)\(keys.condition(6))
                ORDER BY id LIMIT ?4
                """, in: database
            )
            query.bind(run, at: 1)
            query.bind(Int64(priority), at: 2)
            query.bind(id, at: 3)
            query.bind(Int64(limit), at: 4)
            if last < .max { query.bind(last, at: 5) }
            query.bind(keys, at: 6)
            var page = StorePage()
            return try query.rows {
                $0.readyJob
            } while: { job in
                page.add(job.item.utf8.count)
            }
        }
    }

    /// The last of the pending jobs of a run and priority; `nil` if there is none.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func lastPendingJob(run: Run.ID, priority: Int) async throws -> Job.ID? {
        try await read { database in
            let query = try SQLStatement(
                "SELECT max(id) FROM job WHERE run_id = ?1 AND priority = ?2 AND state = 0", in: database)
            query.bind(run, at: 1)
            query.bind(Int64(priority), at: 2)
            return try query.rows { $0.isNull(0) ? nil : $0.integer(0) }[0]
        }
    }

    /// When the first scheduled job of a run is due; `nil` if there is none.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func nextDue(run: Run.ID) async throws -> Timestamp? {
        try await read { database in
            let query = try SQLStatement("SELECT min(run_at) FROM job WHERE run_id = ?1 AND state = 1", in: database)
            query.bind(run, at: 1)
            return try query.rows { $0.timestamp(0) }[0]
        }
    }
}
