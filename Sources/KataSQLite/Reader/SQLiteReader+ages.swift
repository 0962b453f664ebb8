import GRDB
public import Kata

extension SQLiteReader {
    /// Since when some work of that pipeline waits, and when it had its last success. Its cost grows with the numbers of
    /// priorities and of jobs in hand, and not with that of jobs.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func ages(pipeline: String, inHand: Set<Job.ID>, at now: Timestamp) async throws -> PipelineAges {
        try await read { database in
            let runs = try SQLStatement(
                """
                SELECT max(run.last_done_at), max(CASE WHEN run.finished_at IS NULL THEN run.id END)
                FROM run JOIN pipeline ON pipeline.id = run.pipeline_id WHERE pipeline.name = ?1
                """, in: database)
            runs.bind(pipeline, at: 1)
            let (lastSuccess, run) = try runs.rows { ($0.timestamp(0), $0.isNull(1) ? nil : $0.integer(1)) }[0]
            guard let run else { return PipelineAges(lastSuccess: lastSuccess) }
            let ready = try Self.oldestReady(run, inHand, database)
            let due = try Self.firstDue(run, by: now, database)
            return PipelineAges(oldestReady: [ready, due].compactMap { $0 }.min(), lastSuccess: lastSuccess)
        }
    }

    private static func oldestReady(_ run: Run.ID, _ inHand: Set<Job.ID>, _ database: Database) throws -> Timestamp? {
        let jobs = try SQLStatement(
            """
            SELECT id, max(created_at, coalesce(run_at, created_at)) FROM job
            WHERE run_id = ?1 AND state = 0 AND priority = ?2 ORDER BY id LIMIT ?3
            """, in: database)
        jobs.bind(run, at: 1)
        jobs.bind(Int64(inHand.count + 1), at: 3)
        return try pendingPriorities(run, database).compactMap { priority in
            jobs.bind(Int64(priority), at: 2)
            return try jobs.rows { row in
                (isInHand: inHand.contains(row.integer(0)), since: Timestamp(milliseconds: row.integer(1)))
            } while: { row in
                row.isInHand
            }.first { !$0.isInHand }?.since
        }.min()
    }

    /// When a job was due that has not come to the others yet, as in a pipeline that is paused.
    private static func firstDue(_ run: Run.ID, by now: Timestamp, _ database: Database) throws -> Timestamp? {
        let due = try SQLStatement(
            "SELECT min(run_at) FROM job WHERE run_id = ?1 AND state = 1 AND run_at <= ?2", in: database)
        due.bind(run, at: 1)
        due.bind(now.milliseconds, at: 2)
        return try due.rows { $0.timestamp(0) }[0]
    }
}
