/// That a store takes no writes now, and is tried again.
public struct StoreOutage: Hashable, Sendable {
    /// What the latest try failed with.
    public internal(set) var failure: StoreFailure
    /// When the first write failed.
    public let since: Timestamp
    /// How many results wait for being recorded.
    public internal(set) var waiting: Int

    /// Makes an outage with what is known of it.
    public init(failure: StoreFailure, since: Timestamp, waiting: Int) {
        self.failure = failure
        self.since = since
        self.waiting = waiting
    }
}
