/// What one consumer did in a run.
public struct ConsumerTotal: Hashable, Sendable {
    /// `c1`, `c2`, …, unique within the pipeline.
    public let consumerID: String
    /// How many items it consumed.
    public let items: Int
    /// The sum of those items that are whole numbers; other items count as 0.
    public let total: Double

    /// Describes what a consumer did in one run.
    public init(consumerID: String, items: Int, total: Double) {
        self.consumerID = consumerID
        self.items = items
        self.total = total
    }
}
