/// How far a run is, with what all nodes have done.
public struct RunTally: Hashable, Sendable {
    /// Which run.
    public var run: Run.ID
    /// Later ones have higher numbers.
    public var version: Int64
    /// The run's jobs by state.
    public var counts: JobCounts
    /// Whether the source has no more items.
    public var isSourceExhausted: Bool
    /// Whether the run is finished.
    public var isFinished: Bool

    /// Whether nothing of the run is left to do.
    public var isOver: Bool { isSourceExhausted && counts.unfinished == 0 }

    /// How far a run is.
    public init(run: Run.ID, version: Int64, counts: JobCounts, isSourceExhausted: Bool, isFinished: Bool = false) {
        self.isFinished = isFinished
        self.run = run
        self.version = version
        self.counts = counts
        self.isSourceExhausted = isSourceExhausted
    }
}
