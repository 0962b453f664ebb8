import GRDB
public import Kata

/// What jobs have left for their next attempts.
extension SQLiteReader {
    /// What a job has left for its next attempt; `nil` if nothing.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func checkpoint(job id: Job.ID) async throws -> String? {
        try await read { database in try Self.checkpoint(id, in: database) }
    }

    static func checkpoint(_ id: Job.ID, in database: Database) throws -> String? {
        let query = try SQLStatement("SELECT text FROM checkpoint WHERE job_id = ?1", in: database)
        query.bind(id, at: 1)
        return try query.rows { $0.text(0) }.first
    }
}
