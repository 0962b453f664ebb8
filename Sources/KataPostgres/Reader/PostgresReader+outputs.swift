public import Kata

extension PostgresReader {
    /// The outputs of a job, in the order in which they began.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func outputs(job: Job.ID, after id: OutputRecord.ID, limit: Int) async throws -> [OutputRecord] {
        try await rows(
            """
            SELECT id, attempt, consumer_id, began_at, ended_at, holds_kept, printed, attempt_started_at FROM job_output
            WHERE job_id = $1 AND id > $2 ORDER BY id LIMIT $3
            """, [.integer(job), .integer(id), .integer(limit)]
        ) { row in
            OutputRecord(
                id: row.integer(0), attempt: Int(row.integer(1)), consumerID: row.text(2),
                beganAt: Timestamp(milliseconds: row.integer(3)), endedAt: row.timestamp(4),
                attemptStartedAt: row.timestamp(7), holdsKept: row.boolean(5), printed: Int(row.integer(6)))
        }
    }

    /// The pieces of an output, from the first one that ends after `position`.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func outputPieces(_ output: OutputRecord.ID, from position: Int) async throws -> [OutputPiece] {
        // The piece that goes past the budget is the last one that is sent.
        try await rows(
            """
            SELECT stream, position, printed_at, data FROM (
                SELECT *, coalesce(sum(length(data)) OVER (
                    ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
                FROM job_output_piece WHERE output_id = $1 AND position + length(data) > $2 AND position >=
                    -- The one before the position may reach beyond it.
                    coalesce((SELECT max(position) FROM job_output_piece WHERE output_id = $1 AND position <= $2), 0)
            ) AS pieces WHERE before < \(StorePage.budget) ORDER BY position
            """, [.integer(output), .integer(position)]
        ) { row in
            OutputPiece(
                stream: OutputPiece.Stream(code: row.integer(0)), position: Int(row.integer(1)),
                printedAt: Timestamp(milliseconds: row.integer(2)), bytes: row.blob(3))
        }
    }
}
