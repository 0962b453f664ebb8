/// What a store knows of a run when work on it begins.
public struct SessionStart: Hashable, Sendable {
    /// The run as it was when the session began.
    public var run: Run
    /// The counts of the pipeline's other runs, added up.
    public let otherCounts: JobCounts
    /// Whether the last session on this run broke off, so that some job may have ended the daemon.
    public let brokeOff: Bool
    /// Whether the pipeline is paused, so that no job is to be begun.
    public let isPaused: Bool
    /// How many jobs were in hand when the last session broke off.
    public let interrupted: Int

    /// Describes a run that work begins on.
    public init(run: Run, otherCounts: JobCounts, brokeOff: Bool, isPaused: Bool, interrupted: Int = 0) {
        self.interrupted = interrupted
        self.isPaused = isPaused
        self.run = run
        self.otherCounts = otherCounts
        self.brokeOff = brokeOff
    }
}
