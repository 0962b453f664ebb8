extension Duration {
    // What is too long for a unit is `Int64.max`, or `Int64.min` if negative: a duration may come from anywhere.

    /// In whole microseconds, fractions cut off; at most 292,000 years.
    package var microseconds: Int64 { count(perSecond: 1_000_000) }
    /// In whole milliseconds, fractions cut off, as durations of jobs are stored; at most 292 million years.
    package var milliseconds: Int64 { count(perSecond: 1_000) }
    /// In whole nanoseconds, fractions cut off; at most 292 years.
    package var nanoseconds: Int64 { count(perSecond: 1_000_000_000) }

    private func count(perSecond units: Int64) -> Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: units)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = product.addingReportingOverflow(attoseconds / (1_000_000_000_000_000_000 / units))
        return carried ? (seconds < 0 ? .min : .max) : sum
    }

    /// In seconds, as exactly as a `Double` can tell.
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
