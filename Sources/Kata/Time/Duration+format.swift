extension Duration {
    /// Seconds with milliseconds, rounded to the nearest, as in `1.094` or `-0.500`.
    public var formattedSeconds: String {
        if self < .zero { return "-" + (.zero - self).formattedSeconds }
        let (seconds, attoseconds) = components
        let milliseconds = (attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000
        let fraction = String(milliseconds % 1_000)
        return "\(seconds + milliseconds / 1_000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    }
}
