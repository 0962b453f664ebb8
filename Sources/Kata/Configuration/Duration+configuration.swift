extension Duration {
    private static let units: [(suffix: String, nanoseconds: Double)] = [
        ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3_600e9), ("d", 86_400e9),
        ("w", 7 * 86_400e9),
    ]

    /// Reads `10ms`, `1.5s`, `2m`, `1h`, `7d` or `2w`; a zero needs no unit. `nil` if the text is anything else, or the
    /// duration is longer than 365 days.
    public init?(configuration text: String) {
        if text == "0" {
            self = .zero
            return
        }
        guard
            let unit = Self.units.first(where: { text.hasSuffix($0.suffix) }),
            let number = Self.decimal(text.dropLast(unit.suffix.count))
        else { return nil }
        let nanoseconds = number * unit.nanoseconds
        guard nanoseconds <= 365 * 24 * 3_600e9 else { return nil }
        self = .nanoseconds(Int64(nanoseconds.rounded()))
    }

    /// Digits with at most one point between them; `Double` would read much more, such as `1e9` or `nan`.
    private static func decimal(_ text: Substring) -> Double? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        return Double(text)
    }
}
