/// What holds back jobs although there are workers for them.
public struct WorkLimits: Hashable, Sendable {
    /// How many jobs of the pipeline may begin in a time; `nil` means any number.
    public var rate: RateLimit?
    /// How many jobs with the same key may begin in a time; `nil` means any number. Jobs without a key are not held
    /// back by it.
    public var ratePerKey: RateLimit?
    /// How many jobs with the same key may be in hand at once, at least 1; `nil` means any number. Anything less than 1
    /// counts as 1.
    public var concurrencyPerKey: Int?

    /// How many jobs with the same key may be allowed at once; no pipeline has more workers.
    private static let concurrencies = 1...10_000

    /// Limits nothing, unless limits are given.
    public init(rate: RateLimit? = nil, ratePerKey: RateLimit? = nil, concurrencyPerKey: Int? = nil) {
        self.rate = rate
        self.ratePerKey = ratePerKey
        self.concurrencyPerKey = concurrencyPerKey
    }

    /// Reads `{ rate: 10/s, rate_per_key: 1/s, concurrency_per_key: 1 }`. Faults are noted in the report.
    init(node: ConfigurationNode, title: String, report: ConfigurationSection.Report) {
        var section = ConfigurationSection(node, title: title, report: report)
        rate = section.optionalRate("rate")
        ratePerKey = section.optionalRate("rate_per_key")
        if section.has("concurrency_per_key") {
            concurrencyPerKey = section.integer("concurrency_per_key", in: Self.concurrencies)
        }
        section.finish()
    }

    /// A daemon that is started again takes no less, so that a shorter interval need not outlive it.
    private static let shortestLastingInterval = Duration.seconds(1)

    /// The longest interval of the rates that are to outlive the daemon; `nil` if none is.
    var lastingInterval: Duration? {
        let intervals = [rate, ratePerKey].compactMap { $0?.interval }
        return intervals.filter { $0 >= Self.shortestLastingInterval }.max()
    }

    /// Whether there is any limit.
    var limitAnything: Bool { rate != nil || ratePerKey != nil || concurrencyPerKey != nil }
}

extension ConfigurationSection {
    /// Reads a rate such as `10/s`, which may be missing.
    mutating func optionalRate(_ key: String) -> RateLimit? {
        guard let text = optionalString(key) else { return nil }
        let rate = RateLimit(configuration: text)
        if rate == nil { fault(key, "is '\(text)', expected a rate such as 10/s, 100/m or 1000/h") }
        return rate
    }
}
