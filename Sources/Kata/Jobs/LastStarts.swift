/// When jobs of a pipeline began last, so that its rates outlive the daemon.
public struct LastStarts: Hashable, Sendable {
    /// When a job began last; `nil` if that is not known, or too long ago to matter.
    public var latest: Timestamp?
    /// When a job with a key began last, by key.
    public var keys: [String: Timestamp]

    /// How many keys are looked up at the most.
    public static let keyLimit = 100_000

    /// Knows of no beginning, unless some are given.
    public init(latest: Timestamp? = nil, keys: [String: Timestamp] = [:]) {
        self.latest = latest
        self.keys = keys
    }
}
