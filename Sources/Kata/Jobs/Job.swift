/// An item with its durable record.
public struct Job: Hashable, Sendable {
    /// Identifies a job within its store. Later jobs have larger ids.
    public typealias ID = Int64

    public let id: ID
    public let runID: Run.ID
    /// What the source emitted: text, kept as it came.
    public let item: String
    /// Which attempt this is, from 1. With the id it is the idempotency token of a handler.
    public let attempt: Int

    public init(id: ID, runID: Run.ID, item: String, attempt: Int) {
        self.id = id
        self.runID = runID
        self.item = item
        self.attempt = attempt
    }
}
