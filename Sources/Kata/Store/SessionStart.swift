/// What a store knows of a run when work on it begins.
public struct SessionStart: Hashable, Sendable {
    public var run: Run
    /// The counts of the pipeline's other runs.
    public let otherCounts: JobCounts
    /// Whether the last session broke off, so that some job may have ended the daemon.
    public let brokeOff: Bool
    /// Whether the pipeline is paused.
    public let isPaused: Bool

    public init(run: Run, otherCounts: JobCounts, brokeOff: Bool, isPaused: Bool) {
        self.isPaused = isPaused
        self.run = run
        self.otherCounts = otherCounts
        self.brokeOff = brokeOff
    }
}
