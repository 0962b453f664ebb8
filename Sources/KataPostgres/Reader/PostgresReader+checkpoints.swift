public import Kata

/// What jobs have left for their next attempts.
extension PostgresReader {
    /// What a job has left for its next attempt; `nil` if nothing.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    public func checkpoint(job id: Job.ID) async throws -> String? {
        try await rows("SELECT text FROM checkpoint WHERE job_id = $1", [.integer(id)]) { $0.text(0) }.first
    }
}
