/// How long a store that takes no writes is waited for.
public struct StorePatience: Hashable, Sendable {
    /// How long it is from one try to the next.
    public var interval: Duration
    /// For how long it is tried before the recorder gives up.
    public var limit: Duration

    /// A second, and ten minutes, unless other values are given.
    public init(interval: Duration = .seconds(1), limit: Duration = .seconds(600)) {
        self.interval = interval
        self.limit = limit
    }
}
