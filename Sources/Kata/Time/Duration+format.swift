extension Duration {
    /// Seconds with milliseconds, as in `1.094`.
    public var formattedSeconds: String {
        let (seconds, attoseconds) = components
        let milliseconds = (attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000
        let fraction = String(milliseconds % 1_000)
        return "\(seconds + milliseconds / 1_000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    }
}
