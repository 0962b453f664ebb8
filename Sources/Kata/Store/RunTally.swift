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

    /// How far a run is.
    public init(run: Run.ID, version: Int64, counts: JobCounts, isSourceExhausted: Bool) {
        self.run = run
        self.version = version
        self.counts = counts
        self.isSourceExhausted = isSourceExhausted
    }
}
