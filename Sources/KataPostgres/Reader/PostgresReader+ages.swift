public import Kata

extension PostgresReader {
    /// Since when some work of that pipeline waits, and when it had its last success. Its cost grows with the numbers of
    /// priorities and of jobs in hand, and not with that of jobs.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func ages(pipeline: String, inHand: Set<Job.ID>, at now: Timestamp) async throws -> PipelineAges {
        try await read { snapshot in
            let (lastSuccess, run) = try snapshot.rows(
                """
                SELECT max(run.last_done_at), max(CASE WHEN run.finished_at IS NULL THEN run.id END)
                FROM run JOIN pipeline ON pipeline.id = run.pipeline_id WHERE pipeline.name = $1
                """, [.text(pipeline)]
            ) { ($0.timestamp(0), $0.optionalInteger(1)) }[0]
            guard let run else { return PipelineAges(lastSuccess: lastSuccess) }
            // The first jobs of each priority are older than all others of it.
            let ready = try snapshot.rows(
                """
                WITH RECURSIVE \(Self.priorities)
                SELECT min(since) FROM priorities CROSS JOIN LATERAL (
                    SELECT greatest(created_at, run_at) AS since FROM (
                        SELECT id, created_at, run_at FROM job
                        WHERE run_id = $1 AND state = 0 AND priority BETWEEN priorities.priority AND priorities.priority
                        ORDER BY priority, id LIMIT $2
                    ) AS first WHERE id <> ALL($3)
                        AND (SELECT session_id FROM claim WHERE claim.job_id = first.id) IS NULL ORDER BY id LIMIT 1
                ) AS oldest WHERE priorities.priority IS NOT NULL
                """, [.integer(run), .integer(inHand.count + 1), .integers(Array(inHand))]
            ) { $0.timestamp(0) }[0]
            // A job that was due and has not come to the others yet, as in a pipeline that is paused.
            let due = try snapshot.rows(
                "SELECT min(run_at) FROM job WHERE run_id = $1 AND state = 1 AND run_at <= $2",
                [.integer(run), .time(now)]
            ) { $0.timestamp(0) }[0]
            return PipelineAges(oldestReady: [ready, due].compactMap { $0 }.min(), lastSuccess: lastSuccess)
        }
    }
}
