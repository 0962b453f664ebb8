public import Kata

extension PostgresReader {
    /// The priorities of the pending jobs of the run `$1`, the highest first, and a NULL at the end, as a table of a recursive
    /// `WITH`. The index is asked for the next lower priority each time, so that no job is looked at.
    static let priorities = """
        priorities (priority) AS (
            SELECT max(priority) FROM job WHERE run_id = $1 AND state = 0
            UNION ALL
            SELECT (SELECT max(job.priority) FROM job
                WHERE run_id = $1 AND state = 0 AND job.priority < priorities.priority)
            FROM priorities WHERE priorities.priority IS NOT NULL
        )
        """

    /// The priorities of a run's pending jobs, the highest first. Its cost grows with the number of priorities, and not
    /// of jobs.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func pendingPriorities(run: Run.ID) async throws -> [Int] {
        try await rows(
            "WITH RECURSIVE \(Self.priorities) SELECT priority FROM priorities WHERE priority IS NOT NULL",
            [.integer(run)]
        ) { Int($0.integer(0)) }
    }

    /// Pending jobs of a run and priority, in order of id; fewer than `limit` if their items are more than
    /// a `StorePage`. Jobs with excepted keys are gone through on the way; those with one key have an index.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func pendingJobs(
        run: Run.ID, priority: Int, keys: JobKeys, after id: Job.ID, through last: Job.ID, limit: Int
    ) async throws -> [Job] {
        var builder = StatementBuilder()
        let (run, level) = (builder.add(.integer(run)), builder.add(.integer(priority)))
        let bounds = "id > \(builder.add(.integer(id))) AND id <= \(builder.add(.integer(last)))"
        // A priority that is said as a range has the server read along the index of pending jobs, and not along that of all ids.
        // The item that goes past the budget is the last one that is sent.
        let sql = """
            SELECT \(PostgresRow.readyJobColumns) FROM (
                SELECT *, sum(octet_length(item)) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                FROM (
                    SELECT * FROM job
                    WHERE run_id = \(run) AND state = 0 AND priority BETWEEN \(level) AND \(level) AND \(bounds)\
            \(keys.condition(&builder))
                    ORDER BY priority, id LIMIT \(builder.add(.integer(limit)))
                ) AS job
            ) AS job WHERE coalesce(before, 0) < \(StorePage.budget) ORDER BY id
            """
        return try await rows(sql, builder.values) { $0.readyJob }
    }

    /// The last of the pending jobs of a run and priority; `nil` if there is none.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func lastPendingJob(run: Run.ID, priority: Int) async throws -> Job.ID? {
        try await rows(
            """
            SELECT id FROM job WHERE run_id = $1 AND state = 0 AND priority BETWEEN $2 AND $2
            ORDER BY priority DESC, id DESC LIMIT 1
            """, [.integer(run), .integer(priority)]
        ) { $0.integer(0) }.first
    }

    /// When the first scheduled job of a run is due; `nil` if there is none.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func nextDue(run: Run.ID) async throws -> Timestamp? {
        try await rows("SELECT min(run_at) FROM job WHERE run_id = $1 AND state = 1", [.integer(run)]) {
            $0.timestamp(0)
        }[0]
    }
}
