public import Kata

/// The attempts at jobs.
extension PostgresReader {
    /// The attempts at a job that are over, in order; the one that succeeded is kept with the result.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func attempts(job id: Job.ID, skipping count: Int) async throws -> [Attempt] {
        try await read { try Self.attempts(id, skipping: count, in: $0).page }
    }

    /// How long the last attempt that is over took, of each of these jobs that has one.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func lastDurations(jobs: [Job.ID]) async throws -> [Job.ID: Duration] {
        try await read { try Self.lastDurations(jobs, in: $0) }
    }

    static func lastDurations(_ jobs: [Job.ID], in snapshot: PostgresSnapshot) throws -> [Job.ID: Duration] {
        let rows = try snapshot.rows(
            """
            SELECT job.id, coalesce(
                (SELECT finished_at - started_at FROM result WHERE id = job.result_id),
                (SELECT finished_at - started_at FROM attempt WHERE job_id = job.id ORDER BY id DESC LIMIT 1))
            FROM job WHERE id = ANY($1)
            """, [.integers(jobs)]
        ) { ($0.integer(0), $0.optionalInteger(1)) }
        var durations: [Job.ID: Duration] = [:]
        for (job, milliseconds) in rows { durations[job] = milliseconds.map { .milliseconds($0) } }
        return durations
    }

    /// - Returns: as many attempts as fit in a ``StorePage``, and whether there are no more.
    static func attempts(
        _ id: Job.ID, skipping count: Int, in snapshot: PostgresSnapshot
    ) throws -> (page: [Attempt], isLast: Bool) {
        // First what sorts them, without the texts, of which one job may have many megabytes.
        var page = StorePage()
        let sizes = try snapshot.rows(
            """
            SELECT id, is_result, coalesce(octet_length(error), 0) + coalesce(octet_length(output), 0) FROM (
                SELECT id, attempt, started_at, false AS is_result, error, output FROM attempt WHERE job_id = $1
                UNION ALL
                SELECT id, attempt, started_at, true, NULL, output FROM result
                WHERE id = (SELECT result_id FROM job WHERE id = $1)
            ) AS past ORDER BY attempt, started_at, is_result OFFSET $2
            """, [.integer(id), .integer(count)]
        ) { (id: $0.integer(0), isResult: $0.boolean(1), bytes: Int($0.integer(2))) }
        var taken: [(id: Int64, isResult: Bool)] = []
        for row in sizes {
            taken.append((row.id, row.isResult))
            if !page.add(row.bytes) { break }
        }
        let attempts = try Self.attempts(taken, in: snapshot)
        return (attempts, attempts.count == sizes.count)
    }

    private static func attempts(
        _ ids: [(id: Int64, isResult: Bool)], in snapshot: PostgresSnapshot
    ) throws -> [Attempt] {
        if ids.isEmpty { return [] }
        let columns = "attempt, consumer_id, started_at, finished_at, output"
        let costColumns = "user_us, system_us, peak_memory, waited_ms"
        let rows = try snapshot.rows(
            """
            SELECT \(columns), error, exit_code, \(costColumns), id, false FROM attempt
            LEFT JOIN attempt_cost ON attempt_id = id WHERE id = ANY($1)
            UNION ALL
            SELECT \(columns), NULL, NULL, \(costColumns), id, true FROM result
            LEFT JOIN result_cost ON result_id = id WHERE id = ANY($2)
            """,
            [.integers(ids.filter { !$0.isResult }.map(\.id)), .integers(ids.filter(\.isResult).map(\.id))]
        ) { (id: $0.integer(11), isResult: $0.boolean(12), attempt: attempt($0)) }
        return ids.compactMap { id in rows.first { $0.id == id.id && $0.isResult == id.isResult }?.attempt }
    }

    private static func attempt(_ row: PostgresRow) -> Attempt {
        Attempt(
            number: Int(row.integer(0)),
            consumerID: row.text(1),
            startedAt: Timestamp(milliseconds: row.integer(2)),
            finishedAt: Timestamp(milliseconds: row.integer(3)),
            error: row.optionalText(5),
            output: row.optionalText(4),
            exitCode: row.optionalInteger(6).map { Int32(clamping: $0) },
            cost: row.isNull(7)
                ? nil
                : JobCost(
                    userTime: .microseconds(row.integer(7)), systemTime: .microseconds(row.integer(8)),
                    peakMemory: row.optionalInteger(9)),
            waited: row.optionalInteger(10).map { .milliseconds($0) }
        )
    }
}
