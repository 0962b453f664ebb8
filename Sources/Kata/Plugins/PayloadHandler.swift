/// A handler whose items are JSON of one type.
///
/// An item that is not such JSON fails for good, with a reason that names the field.
public protocol PayloadHandler: JobHandler {
    /// What the JSON of an item is decoded as.
    associatedtype Payload: Decodable & Sendable

    /// Handles a job, given its item, decoded as by ``Job/payload(as:)``; see ``JobHandler/handle(_:in:)``.
    func handle(_ payload: Payload, of job: Job, in context: JobContext) async throws
}

extension PayloadHandler {
    /// Decodes the item and passes it on.
    ///
    /// - Throws: ``JobFailure``, which is not retried, if the item is no ``Payload``; what the handler throws.
    public func handle(_ job: Job, in context: JobContext) async throws {
        try await handle(try job.payload(as: Payload.self), of: job, in: context)
    }
}
