/// One pass of a pipeline, from its first to its last item. That of an endless source has no last one and never ends.
public struct Run: Hashable, Sendable {
    /// Identifies a run within its store. Later runs have larger ids.
    public typealias ID = Int64

    public let id: ID
    public let pipeline: String
    /// How many items the source emits in this run; `nil` if that is not known before.
    public let items: Int?
    /// How far the source was read.
    public var progress: SourceProgress
    public var counts: JobCounts
    /// The time that the pipeline worked on this run, pauses between restarts left out.
    public var elapsed: Duration
    public let startedAt: Timestamp
    public var finishedAt: Timestamp?

    public init(
        id: ID,
        pipeline: String,
        items: Int?,
        progress: SourceProgress = .start,
        counts: JobCounts = JobCounts(),
        elapsed: Duration = .zero,
        startedAt: Timestamp,
        finishedAt: Timestamp? = nil
    ) {
        self.id = id
        self.pipeline = pipeline
        self.items = items
        self.progress = progress
        self.counts = counts
        self.elapsed = elapsed
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}
