/// Reads what the attempts at jobs have printed.
public protocol OutputReading: Sendable {
    /// The outputs of a job in the order in which they began, from the first one after `id`, at most `limit`.
    func outputs(job: Job.ID, after id: OutputRecord.ID, limit: Int) async throws -> [OutputRecord]

    /// The pieces of an output in order, from the first one that ends after `position`.
    ///
    /// - Returns: as many as fit in a ``StorePage``, and at least one; none only if there are no more.
    func outputPieces(_ output: OutputRecord.ID, from position: Int) async throws -> [OutputPiece]
}
