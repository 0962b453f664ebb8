import GRDB
public import Kata

extension SQLiteReader {
    /// What is kept of the entries of a pipeline's schedule, in order of their names.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func scheduleEntries(pipeline: String) async throws -> [ScheduleEntryState] {
        try await read { database in
            let query = try SQLStatement(
                """
                SELECT entry, paused_at, schedule_entry.job_id, state, created_at,
                    coalesce(job.finished_at, result.finished_at), error
                FROM schedule_entry
                LEFT JOIN job ON job.id = schedule_entry.job_id
                LEFT JOIN result ON result.id = job.result_id
                WHERE pipeline_id = (SELECT id FROM pipeline WHERE name = ?1) ORDER BY entry
                """, in: database)
            query.bind(pipeline, at: 1)
            return try query.rows { row in
                ScheduleEntryState(
                    entry: row.text(0), pausedAt: row.timestamp(1), lastJob: row.isNull(2) ? nil : row.integer(2),
                    lastState: row.isNull(3) ? nil : JobState(code: row.integer(3)), lastCreatedAt: row.timestamp(4),
                    lastFinishedAt: row.timestamp(5),
                    lastError: row.isNull(6) ? nil : row.text(6, limit: Self.errorLimit).marked)
            }
        }
    }

    private static let errorLimit = 1 << 10
}
