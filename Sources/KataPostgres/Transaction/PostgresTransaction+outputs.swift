import Kata

extension PostgresTransaction {
    /// How many outputs lose their pieces in one transaction, so that nobody waits for long. The next one goes on.
    private static let trimLimit = 200

    func save(_ update: OutputUpdate, total: Int) throws {
        guard let saved = try savedOutput(update) else { return }
        write(update.pieces, of: saved.id)
        if !update.gap.isEmpty {
            write(
                "DELETE FROM job_output_piece WHERE output_id = $1 AND position >= $2 AND position < $3",
                [.integer(saved.id), .integer(update.gap.lowerBound), .integer(update.gap.upperBound)])
        }
        let more = Int64(update.kept) - saved.kept
        if more != 0 { count(more, pipeline: saved.pipeline) }
        let excess = saved.bytes + more - Int64(total)
        if excess > 0 { try trimOutputs(by: excess, pipeline: saved.pipeline, except: saved.id) }
    }

    /// The row of an output.
    private struct SavedOutput {
        let id: Int64
        let pipeline: Int64
        /// How many bytes of the output were kept before.
        let kept: Int64
        /// How many bytes of outputs the pipeline had before.
        let bytes: Int64
    }

    /// Writes what is told of an output as a whole.
    ///
    /// - Returns: `nil` if there is no such job, or more of the output is saved already.
    private func savedOutput(_ update: OutputUpdate) throws -> SavedOutput? {
        takeOrder()
        let found = try rows(
            """
            SELECT pipeline.id, output_bytes, job_output.id, kept, printed, ended_at FROM job
            JOIN run ON run.id = job.run_id JOIN pipeline ON pipeline.id = run.pipeline_id
            LEFT JOIN job_output ON job_output.job_id = job.id AND began_at = $2
            WHERE job.id = $1 FOR NO KEY UPDATE OF pipeline
            """, [.integer(update.job), .time(update.beganAt)]
        ) { row in
            (
                pipeline: row.integer(0), bytes: row.integer(1), id: row.optionalInteger(2), kept: row.integer(3),
                printed: row.integer(4), isOver: !row.isNull(5)
            )
        }.first
        guard let found else { return nil }
        guard let id = found.id else {
            return SavedOutput(
                id: try insertOutput(update, pipeline: found.pipeline), pipeline: found.pipeline, kept: 0,
                bytes: found.bytes)
        }
        if found.isOver || found.printed > update.printed { return nil }
        write(
            "UPDATE job_output SET ended_at = $2, printed = $3, kept = $4, attempt_started_at = $5 WHERE id = $1",
            [
                .integer(id), .time(update.endedAt), .integer(update.printed), .integer(update.kept),
                .time(update.attemptStartedAt),
            ])
        return SavedOutput(id: id, pipeline: found.pipeline, kept: found.kept, bytes: found.bytes)
    }

    private func insertOutput(_ update: OutputUpdate, pipeline: Int64) throws -> Int64 {
        try returning(
            """
            INSERT INTO job_output (job_id, pipeline_id, attempt, consumer_id, began_at, ended_at, holds_kept, printed, kept,
                attempt_started_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id
            """,
            [
                .integer(update.job), .integer(pipeline), .integer(update.attempt), .text(update.consumerID),
                .time(update.beganAt), .time(update.endedAt), .boolean(update.holdsKept), .integer(update.printed),
                .integer(update.kept), .time(update.attemptStartedAt),
            ]
        ) { $0.integer(0) }[0]
    }

    private func write(_ pieces: [OutputPiece], of output: Int64) {
        for piece in pieces {
            write(
                """
                INSERT INTO job_output_piece (output_id, position, stream, printed_at, data) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (output_id, position) DO UPDATE SET data = excluded.data
                """,
                [
                    .integer(output), .integer(piece.position), .integer(piece.stream.code), .time(piece.printedAt),
                    .bytes(piece.bytes),
                ])
        }
    }

    private func count(_ bytes: Int64, pipeline: Int64) {
        write(
            "UPDATE pipeline SET output_bytes = output_bytes + $2 WHERE id = $1", [.integer(pipeline), .integer(bytes)])
    }

    /// Takes the pieces from the outputs that began first. Their rows stay, and tell how much there was.
    private func trimOutputs(by excess: Int64, pipeline: Int64, except output: Int64) throws {
        var left = excess
        let oldest = try rows(
            "SELECT id, kept FROM job_output WHERE pipeline_id = $1 AND kept > 0 AND id <> $2 ORDER BY id LIMIT $3",
            [.integer(pipeline), .integer(output), .integer(Self.trimLimit)]
        ) {
            (id: $0.integer(0), kept: $0.integer(1))
        } while: { output in
            left -= output.kept
            return left > 0
        }
        let ids = PostgresValue.integers(oldest.map(\.id))
        write("DELETE FROM job_output_piece WHERE output_id = ANY($1)", [ids])
        write("UPDATE job_output SET kept = 0 WHERE id = ANY($1)", [ids])
        count(-oldest.reduce(0) { $0 + $1.kept }, pipeline: pipeline)
    }

    /// Forgets what jobs have printed that are about to be forgotten.
    func pruneOutputs(of jobs: [Job.ID]) {
        write(
            """
            WITH pruned AS (
                DELETE FROM job_output WHERE job_id = ANY($1) RETURNING id, pipeline_id, kept
            ), pieces AS (
                DELETE FROM job_output_piece WHERE output_id IN (SELECT id FROM pruned)
            )
            UPDATE pipeline SET output_bytes = output_bytes - freed.bytes
            FROM (SELECT pipeline_id, sum(kept)::bigint AS bytes FROM pruned GROUP BY pipeline_id) AS freed
            WHERE pipeline.id = freed.pipeline_id
            """, [.integers(jobs)])
    }
}
