extension Duration {
    /// In whole microseconds, fractions cut off.
    package var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
    /// In whole milliseconds, fractions cut off, as durations of jobs are stored.
    package var milliseconds: Int64 { microseconds / 1_000 }

    /// In whole nanoseconds, fractions cut off; what is longer than 292 years is `Int64.max`, or `Int64.min` if negative.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }

    /// In seconds, as exactly as a `Double` can tell.
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
