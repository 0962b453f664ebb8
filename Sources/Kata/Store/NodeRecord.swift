/// A node, as the store has it.
public struct NodeRecord: Hashable, Sendable {
    /// Whether a node can be counted on.
    public enum State: String, Sendable {
        /// It has shown a sign of life within its lease.
        case alive
        /// It has not, and nobody has taken over what it had yet.
        case silent
        /// It has said that it ends.
        case stopped
        /// Another node has taken over what it had.
        case gone
    }

    /// Its name.
    public var name: String
    /// Whether it can be counted on.
    public var state: State
    /// The version of its daemon.
    public var version: String
    /// When it began.
    public var since: Timestamp
    /// When it showed its last sign of life.
    public var seen: Timestamp
    /// What it does, as it said last.
    public var report: NodeReport

    /// A node.
    public init(name: String, state: State, version: String, since: Timestamp, seen: Timestamp, report: NodeReport) {
        self.name = name
        self.state = state
        self.version = version
        self.since = since
        self.seen = seen
        self.report = report
    }
}
