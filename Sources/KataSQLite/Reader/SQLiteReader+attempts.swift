import GRDB
public import Kata

/// The attempts at jobs, and what they have left.
extension SQLiteReader {
    /// The attempts at a job that are over, in order; the one that succeeded is kept with the result.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func attempts(job id: Job.ID, skipping count: Int) async throws -> [Attempt] {
        try await read { database in try Self.attempts(id, skipping: count, in: database).page }
    }

    /// How long the last attempt that is over took, of each of these jobs that has one.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func lastDurations(jobs: [Job.ID]) async throws -> [Job.ID: Duration] {
        try await read { database in
            var durations: [Job.ID: Duration] = [:]
            for id in jobs { durations[id] = try Self.lastDuration(id, in: database) }
            return durations
        }
    }

    static func lastDuration(_ id: Job.ID, in database: Database) throws -> Duration? {
        let query = try SQLStatement(
            """
            SELECT coalesce(
                (SELECT finished_at - started_at FROM result
                    WHERE id = (SELECT result_id FROM job WHERE id = ?1)),
                (SELECT finished_at - started_at FROM attempt WHERE job_id = ?1 ORDER BY id DESC LIMIT 1))
            """, in: database
        )
        query.bind(id, at: 1)
        return try query.rows { row in row.isNull(0) ? nil : .milliseconds(row.integer(0)) }[0]
    }

    /// - Returns: as many attempts as fit in a ``StorePage``, and whether there are no more.
    static func attempts(
        _ id: Job.ID, skipping count: Int, in database: Database
    ) throws -> (page: [Attempt], isLast: Bool) {
        // First what sorts them, without the texts, of which one job may have many megabytes.
        let order = try SQLStatement(
            """
            SELECT id, attempt, started_at, 0 FROM attempt WHERE job_id = ?1
            UNION ALL
            SELECT id, attempt, started_at, 1 FROM result WHERE id = (SELECT result_id FROM job WHERE id = ?1)
            ORDER BY 2, 3 LIMIT -1 OFFSET ?2
            """, in: database
        )
        order.bind(id, at: 1)
        order.bind(Int64(count), at: 2)
        let rows = try order.rows { ($0.integer(0), $0.integer(3) != 0) }
        var page = StorePage()
        var attempts: [Attempt] = []
        for (id, isResult) in rows {
            let attempt = try Self.attempt(id, isResult: isResult, in: database)
            attempts.append(attempt)
            if !page.add(attempt.textBytes) { break }
        }
        return (attempts, attempts.count == rows.count)
    }

    private static func attempt(_ id: Int64, isResult: Bool, in database: Database) throws -> Attempt {
        let columns = "attempt, consumer_id, started_at, finished_at, output"
        let costColumns = "user_us, system_us, peak_memory, waited_ms"
        let query = try SQLStatement(
            isResult
                ? """
                SELECT \(columns), NULL, NULL, \(costColumns) FROM result
                LEFT JOIN result_cost ON result_id = id WHERE id = ?1
                """
                : """
                SELECT \(columns), error, exit_code, \(costColumns) FROM attempt
                LEFT JOIN attempt_cost ON attempt_id = id WHERE id = ?1
                """,
            in: database)
        query.bind(id, at: 1)
        return try query.rows { row in
            Attempt(
                number: Int(row.integer(0)),
                consumerID: row.text(1),
                startedAt: Timestamp(milliseconds: row.integer(2)),
                finishedAt: Timestamp(milliseconds: row.integer(3)),
                error: row.isNull(5) ? nil : row.text(5),
                output: row.isNull(4) ? nil : row.text(4),
                exitCode: row.isNull(6) ? nil : Int32(clamping: row.integer(6)),
                cost: row.isNull(7)
                    ? nil
                    : JobCost(
                        userTime: .microseconds(row.integer(7)), systemTime: .microseconds(row.integer(8)),
                        peakMemory: row.isNull(9) ? nil : row.integer(9)),
                waited: row.isNull(10) ? nil : .milliseconds(row.integer(10))
            )
        }[0]
    }
}
