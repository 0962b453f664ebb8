/// What one consumer did in a run.
public struct ConsumerTotal: Hashable, Sendable {
    public let consumerID: String
    /// How many items it consumed.
    public let items: Int
    /// The sum of those items that are whole numbers.
    public let total: Double

    public init(consumerID: String, items: Int, total: Double) {
        self.consumerID = consumerID
        self.items = items
        self.total = total
    }
}
