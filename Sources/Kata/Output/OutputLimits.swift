/// How much is kept of what the attempts of a pipeline print.
public struct OutputLimits: Hashable, Sendable {
    /// How many bytes are kept of the beginning of an attempt's output. One of ``sizes``.
    public let head: Int
    /// How many bytes are kept of the end of an attempt's output. One of ``sizes``.
    public let tail: Int
    /// How many bytes the store holds of all outputs of the pipeline; then the oldest ones go.
    public let total: Int

    /// What ``head`` and ``tail`` may be: each attempt that prints holds as much in memory.
    public static let sizes = 1 << 10...1 << 20
    /// What ``total`` may be.
    public static let totals = 1 << 10...1 << 50

    /// 64 KiB, 64 KiB and 1 GiB, unless others are given. A number beyond its range is taken for the nearest one in it.
    public init(head: Int = 1 << 16, tail: Int = 1 << 16, total: Int = 1 << 30) {
        self.head = min(max(head, Self.sizes.lowerBound), Self.sizes.upperBound)
        self.tail = min(max(tail, Self.sizes.lowerBound), Self.sizes.upperBound)
        self.total = min(max(total, Self.totals.lowerBound), Self.totals.upperBound)
    }

    /// Reads `{ head: 64KiB, tail: 64KiB, total: 1GiB }`. Faults are noted in the report.
    init(node: ConfigurationNode, title: String, report: ConfigurationSection.Report) {
        var section = ConfigurationSection(node, title: title, report: report)
        let usual = OutputLimits()
        head = section.size("head", in: Self.sizes, expected: "1KiB to 1MiB", default: usual.head)
        tail = section.size("tail", in: Self.sizes, expected: "1KiB to 1MiB", default: usual.tail)
        total = section.size("total", in: Self.totals, expected: "1KiB to 1048576GiB", default: usual.total)
        section.finish()
    }
}

extension ConfigurationSection {
    fileprivate mutating func size(
        _ key: String, in range: ClosedRange<Int>, expected: String, default fallback: Int
    ) -> Int {
        guard let size = optionalSize(key) else { return fallback }
        if let size = Int(exactly: size), range.contains(size) { return size }
        fault(key, "is out of its range, expected \(expected)")
        return fallback
    }
}
