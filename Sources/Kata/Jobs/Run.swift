/// One pass of a pipeline, from its first to its last item. A run of an endless source has no last item, and no end.
public struct Run: Hashable, Sendable {
    /// Identifies a run within its store. Later runs have larger ids.
    public typealias ID = Int64

    /// Given out by the store.
    public let id: ID
    /// The name of the pipeline. At most one of its runs is unfinished.
    public let pipeline: String
    /// Which run of its pipeline it is, from 1.
    public let number: Int
    /// How many items the source emits in this run; `nil` if that is not known at the start.
    public let items: Int?
    /// How far the source was read into the store.
    public var progress: SourceProgress
    /// The run's jobs by state, pruned ones included.
    public var counts: JobCounts
    /// The time that the pipeline worked on this run, pauses between restarts left out, as it was saved last.
    public var elapsed: Duration
    /// When the run was started, for the first time.
    public let startedAt: Timestamp
    /// When the run was finished; `nil` if it is not.
    public var finishedAt: Timestamp?

    /// A run that was just started, unless other values are given.
    public init(
        id: ID,
        pipeline: String,
        number: Int = 1,
        items: Int?,
        progress: SourceProgress = .start,
        counts: JobCounts = JobCounts(),
        elapsed: Duration = .zero,
        startedAt: Timestamp,
        finishedAt: Timestamp? = nil
    ) {
        self.id = id
        self.pipeline = pipeline
        self.number = number
        self.items = items
        self.progress = progress
        self.counts = counts
        self.elapsed = elapsed
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}
