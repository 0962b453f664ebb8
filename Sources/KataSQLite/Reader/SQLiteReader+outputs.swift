import GRDB
public import Kata

extension SQLiteReader {
    /// The outputs of a job, in the order in which they began.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func outputs(job: Job.ID, after id: OutputRecord.ID, limit: Int) async throws -> [OutputRecord] {
        try await read { database in
            let query = try SQLStatement(
                """
                SELECT id, attempt, consumer_id, began_at, ended_at, holds_kept, printed, attempt_started_at FROM job_output
                WHERE job_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3
                """, in: database)
            query.bind(job, at: 1)
            query.bind(id, at: 2)
            query.bind(Int64(limit), at: 3)
            return try query.rows { row in
                OutputRecord(
                    id: row.integer(0), attempt: Int(row.integer(1)), consumerID: row.text(2),
                    beganAt: Timestamp(milliseconds: row.integer(3)), endedAt: row.timestamp(4),
                    attemptStartedAt: row.timestamp(7), holdsKept: row.integer(5) != 0, printed: Int(row.integer(6)))
            }
        }
    }

    /// The pieces of an output, from the first one that ends after `position`.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func outputPieces(_ output: OutputRecord.ID, from position: Int) async throws -> [OutputPiece] {
        try await read { database in
            // The one before the position may reach beyond it.
            let query = try SQLStatement(
                """
                SELECT stream, position, printed_at, data FROM job_output_piece WHERE output_id = ?1 AND position >=
                    coalesce((SELECT max(position) FROM job_output_piece WHERE output_id = ?1 AND position <= ?2), 0)
                ORDER BY position
                """, in: database)
            query.bind(output, at: 1)
            query.bind(Int64(position), at: 2)
            var page = StorePage()
            let pieces = try query.rows { row in
                OutputPiece(
                    stream: OutputPiece.Stream(code: row.integer(0)), position: Int(row.integer(1)),
                    printedAt: Timestamp(milliseconds: row.integer(2)), bytes: row.blob(3))
            } while: { piece in
                piece.end <= position || page.add(piece.bytes.count)
            }
            return pieces.filter { $0.end > position }
        }
    }
}
