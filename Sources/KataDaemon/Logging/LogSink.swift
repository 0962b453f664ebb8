/// Where log entries go. Used by one thread, which may wait in it.
protocol LogSink: Sendable {
    /// Writes entries.
    ///
    /// - Returns: how many of them could not be written, and never will.
    mutating func write(_ entries: LogEntries) -> Int

    /// Waits until whoever reads has taken what was written, or until that time is over.
    func waitUntilTaken(within limit: Duration)
}
