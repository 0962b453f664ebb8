/// How many jobs may begin in a time; they are spaced evenly.
public struct RateLimit: Hashable, Sendable {
    /// How many jobs may begin in a ``period``, at least 1.
    public let count: Int
    /// The time that ``count`` is for.
    public let period: Duration

    /// A limit of `count` beginnings in each period. A count of less than 1 counts as 1, and a period of less than zero as
    /// zero, which limits nothing.
    public init(count: Int, per period: Duration) {
        self.count = max(1, count)
        self.period = max(.zero, period)
    }

    /// Reads `10/s`, `100/m` or `1000/h`, with a number from 1 to 1,000,000; `nil` if the text is anything else.
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
