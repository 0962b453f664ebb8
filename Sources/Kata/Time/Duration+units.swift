extension Duration {
    /// In whole microseconds.
    package var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
    /// In whole milliseconds, as durations of jobs are stored.
    package var milliseconds: Int64 { microseconds / 1_000 }
}
