/// A consumed item, as recorded.
public struct JobResult: Hashable, Sendable {
    /// Grows in the order of consumption, which is the order in which results were recorded.
    public typealias ID = Int64

    public let id: ID
    public let runID: Run.ID
    public let consumerID: String
    public let item: String

    public init(id: ID, runID: Run.ID, consumerID: String, item: String) {
        self.id = id
        self.runID = runID
        self.consumerID = consumerID
        self.item = item
    }
}
