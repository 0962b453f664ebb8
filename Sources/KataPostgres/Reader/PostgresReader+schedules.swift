public import Kata

extension PostgresReader {
    /// What is kept of the entries of a pipeline's schedule, in order of their names.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func scheduleEntries(pipeline: String) async throws -> [ScheduleEntryState] {
        try await rows(
            """
            SELECT entry, paused_at, schedule_entry.job_id, state, created_at,
                coalesce(job.finished_at, result.finished_at), error
            FROM schedule_entry
            LEFT JOIN job ON job.id = schedule_entry.job_id
            LEFT JOIN result ON result.id = job.result_id
            WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = $1) ORDER BY entry
            """, [.text(pipeline)]
        ) { row in
            ScheduleEntryState(
                entry: row.text(0), pausedAt: row.timestamp(1), lastJob: row.optionalInteger(2),
                lastState: row.optionalInteger(3).map { JobState(code: $0) }, lastCreatedAt: row.timestamp(4),
                lastFinishedAt: row.timestamp(5),
                lastError: row.isNull(6) ? nil : row.text(6, limit: Self.errorLimit).marked)
        }
    }

    private static let errorLimit = 1 << 10
}
