/// A success that is expected in time, of an entry of a schedule or of a whole pipeline.
public struct Expectation: Hashable, Sendable {
    /// Tells apart what is expected within a pipeline.
    public let scope: String
    /// When the last success was, or when one was expected first.
    public let since: Timestamp
    /// Whether it was told since then that a success is overdue.
    public let isTold: Bool

    /// Describes an expectation as it is stored.
    public init(scope: String, since: Timestamp, isTold: Bool) {
        self.scope = scope
        self.since = since
        self.isTold = isTold
    }
}
