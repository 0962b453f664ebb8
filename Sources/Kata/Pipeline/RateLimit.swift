/// How many jobs may begin in a time; they are spaced evenly.
public struct RateLimit: Hashable, Sendable {
    public let count: Int
    public let period: Duration

    public init(count: Int, per period: Duration) {
        self.count = count
        self.period = period
    }

    /// Reads `10/s`, `100/m` or `1000/h`.
    public init?(configuration text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let periods: [Substring: Duration] = ["s": .seconds(1), "m": .seconds(60), "h": .seconds(3_600)]
        guard parts.count == 2, let count = Int(parts[0]), (1...1_000_000).contains(count),
            let period = periods[parts[1]]
        else { return nil }
        self.init(count: count, per: period)
    }

    /// The time from one beginning to the next.
    public var interval: Duration { period / count }
}
