/// A consumed item, as recorded: a job that is done has exactly one.
public struct JobResult: Hashable, Sendable {
    /// Grows in the order of consumption, which is the order in which results were recorded.
    public typealias ID = Int64

    /// Identifies a result within its store, of whatever pipeline and run.
    public let id: ID
    /// The run in which the item was consumed.
    public let runID: Run.ID
    /// Who consumed the item: `c1`, `c2`, …
    public let consumerID: String
    /// The item as it came from the source.
    public let item: String
    /// The job that is done.
    public let jobID: Job.ID
    /// The name of the pipeline that the run is of.
    public let pipeline: String
    /// Which attempt at the job it was, from 1.
    public let attempt: Int
    /// When the job was given to the handler.
    public let startedAt: Timestamp
    /// When the handler was done with the job. Never before ``startedAt``.
    public let finishedAt: Timestamp

    /// Describes a result as it is stored.
    public init(
        id: ID, runID: Run.ID, consumerID: String, item: String, jobID: Job.ID, pipeline: String, attempt: Int,
        startedAt: Timestamp, finishedAt: Timestamp
    ) {
        self.id = id
        self.runID = runID
        self.consumerID = consumerID
        self.item = item
        self.jobID = jobID
        self.pipeline = pipeline
        self.attempt = attempt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}
