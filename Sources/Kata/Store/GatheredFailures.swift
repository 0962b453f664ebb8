/// The failures that one alarm tells of, in pieces of which its document is put together.
public struct GatheredFailures: Hashable, Sendable {
    /// How many failures there are.
    public var count: Int
    /// When the latest of them happened.
    public var lastAt: Timestamp
    /// The fields of the first failure, as JSON without the braces around them.
    public let head: String
    /// Some of the failures as JSON objects, with commas between them.
    public var examples: String
    /// How many objects there are in ``examples``.
    public var exampleCount: Int

    /// Describes failures by the pieces of their document.
    public init(count: Int, lastAt: Timestamp, head: String, examples: String, exampleCount: Int) {
        self.count = count
        self.lastAt = lastAt
        self.head = head
        self.examples = examples
        self.exampleCount = exampleCount
    }
}
