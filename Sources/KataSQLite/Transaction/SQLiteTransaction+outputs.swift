import GRDB
import Kata

extension SQLiteTransaction {
    /// How many outputs lose their pieces in one transaction, so that nobody waits for long. The next one goes on.
    private static let trimLimit = 200

    func save(_ update: OutputUpdate, total: Int) throws {
        guard let saved = try savedOutput(update) else { return }
        for piece in update.pieces { try save(piece, of: saved.id) }
        if !update.gap.isEmpty {
            let deletion = try SQLStatement(
                "DELETE FROM job_output_piece WHERE output_id = ?1 AND position >= ?2 AND position < ?3", in: database)
            deletion.bind(saved.id, at: 1)
            deletion.bind(Int64(update.gap.lowerBound), at: 2)
            deletion.bind(Int64(update.gap.upperBound), at: 3)
            try deletion.execute()
        }
        let bytes = try countOutput(Int64(update.kept) - saved.kept, pipeline: saved.pipeline)
        if bytes > total { try trimOutputs(by: bytes - Int64(total), pipeline: saved.pipeline, except: saved.id) }
    }

    /// Writes what is told of an output as a whole.
    ///
    /// - Returns: `nil` if there is no such job, or more of the output is saved already. `kept` is how many bytes were kept
    ///   before.
    private func savedOutput(_ update: OutputUpdate) throws -> (id: Int64, pipeline: Int64, kept: Int64)? {
        let find = try SQLStatement(
            "SELECT id, pipeline_id, kept, printed, ended_at FROM job_output WHERE job_id = ?1 AND began_at = ?2",
            in: database)
        find.bind(update.job, at: 1)
        find.bind(update.beganAt.milliseconds, at: 2)
        let before = try find.rows { row in
            (
                id: row.integer(0), pipeline: row.integer(1), kept: row.integer(2), printed: row.integer(3),
                isOver: !row.isNull(4)
            )
        }.first
        guard let before else { return try insertOutput(update) }
        if before.isOver || before.printed > update.printed { return nil }
        let change = try SQLStatement(
            "UPDATE job_output SET ended_at = ?2, printed = ?3, kept = ?4, attempt_started_at = ?5 WHERE id = ?1",
            in: database)
        change.bind(before.id, at: 1)
        change.bind(update.endedAt?.milliseconds, at: 2)
        change.bind(Int64(update.printed), at: 3)
        change.bind(Int64(update.kept), at: 4)
        change.bind(update.attemptStartedAt?.milliseconds, at: 5)
        try change.execute()
        return (before.id, before.pipeline, before.kept)
    }

    private func insertOutput(_ update: OutputUpdate) throws -> (id: Int64, pipeline: Int64, kept: Int64)? {
        let find = try SQLStatement(
            "SELECT pipeline_id FROM job CROSS JOIN run ON run.id = job.run_id WHERE job.id = ?1", in: database)
        find.bind(update.job, at: 1)
        guard let pipeline = try find.rows({ $0.integer(0) }).first else { return nil }
        let insert = try SQLStatement(
            """
            INSERT INTO job_output (job_id, pipeline_id, attempt, consumer_id, began_at, ended_at, holds_kept, printed, kept,
                attempt_started_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """, in: database)
        insert.bind(update.job, at: 1)
        insert.bind(pipeline, at: 2)
        insert.bind(Int64(update.attempt), at: 3)
        insert.bind(update.consumerID, at: 4)
        insert.bind(update.beganAt.milliseconds, at: 5)
        insert.bind(update.endedAt?.milliseconds, at: 6)
        insert.bind(update.holdsKept ? 1 : 0, at: 7)
        insert.bind(Int64(update.printed), at: 8)
        insert.bind(Int64(update.kept), at: 9)
        insert.bind(update.attemptStartedAt?.milliseconds, at: 10)
        try insert.execute()
        return (database.lastInsertedRowID, pipeline, 0)
    }

    private func save(_ piece: OutputPiece, of output: Int64) throws {
        let insert = try SQLStatement(
            """
            INSERT INTO job_output_piece (output_id, position, stream, printed_at, data) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (output_id, position) DO UPDATE SET data = excluded.data
            """, in: database)
        insert.bind(output, at: 1)
        insert.bind(Int64(piece.position), at: 2)
        insert.bind(piece.stream.code, at: 3)
        insert.bind(piece.printedAt.milliseconds, at: 4)
        insert.bind(bytes: piece.bytes, at: 5)
        try insert.execute()
    }

    /// - Returns: how many bytes of outputs the pipeline has then.
    private func countOutput(_ bytes: Int64, pipeline: Int64) throws -> Int64 {
        if bytes != 0 {
            let update = try SQLStatement(
                "UPDATE pipeline SET output_bytes = output_bytes + ?2 WHERE id = ?1", in: database)
            update.bind(pipeline, at: 1)
            update.bind(bytes, at: 2)
            try update.execute()
        }
        let query = try SQLStatement("SELECT output_bytes FROM pipeline WHERE id = ?1", in: database)
        query.bind(pipeline, at: 1)
        return try query.rows { $0.integer(0) }.first ?? 0
    }

    /// Takes the pieces from the outputs that began first. Their rows stay, and tell how much there was.
    private func trimOutputs(by excess: Int64, pipeline: Int64, except output: Int64) throws {
        let query = try SQLStatement(
            """
            SELECT id, kept FROM job_output WHERE pipeline_id = ?1 AND kept > 0 AND id <> ?2 ORDER BY id LIMIT ?3
            """, in: database)
        query.bind(pipeline, at: 1)
        query.bind(output, at: 2)
        query.bind(Int64(Self.trimLimit), at: 3)
        var left = excess
        let oldest = try query.rows { row in
            (id: row.integer(0), kept: row.integer(1))
        } while: { output in
            left -= output.kept
            return left > 0
        }
        let deletions = try [
            "DELETE FROM job_output_piece WHERE output_id = ?1", "UPDATE job_output SET kept = 0 WHERE id = ?1",
        ].map { try SQLStatement($0, in: database) }
        for output in oldest {
            for deletion in deletions {
                deletion.bind(output.id, at: 1)
                try deletion.execute()
            }
        }
        _ = try countOutput(-oldest.reduce(0) { $0 + $1.kept }, pipeline: pipeline)
    }

    /// Forgets what jobs of a pipeline have printed that are about to be forgotten.
    func pruneOutputs(of jobs: [Job.ID]) throws {
        let query = try SQLStatement("SELECT id, pipeline_id, kept FROM job_output WHERE job_id = ?1", in: database)
        let deletions = try [
            "DELETE FROM job_output_piece WHERE output_id = ?1", "DELETE FROM job_output WHERE id = ?1",
        ].map { try SQLStatement($0, in: database) }
        var bytes: [Int64: Int64] = [:]
        for job in jobs {
            query.bind(job, at: 1)
            for output in try query.rows({ ($0.integer(0), $0.integer(1), $0.integer(2)) }) {
                for deletion in deletions {
                    deletion.bind(output.0, at: 1)
                    try deletion.execute()
                }
                bytes[output.1, default: 0] += output.2
            }
        }
        for (pipeline, count) in bytes { _ = try countOutput(-count, pipeline: pipeline) }
    }
}
