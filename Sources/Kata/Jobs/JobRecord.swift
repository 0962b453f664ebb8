/// A job with everything that the store keeps of it, for people.
public struct JobRecord: Hashable, Sendable {
    /// The job at the attempt that is under way, comes next or was the last.
    public var job: Job
    /// The name of the pipeline that the job is part of.
    public let pipeline: String
    /// Where the job stands; on the queue or in a handler's hands it is pending.
    public var state: JobState
    /// The name for the work that the job was submitted under; `nil` if it had none.
    public let uniqueKey: String?
    /// When the job is due, or was: `nil` if it never had to wait for a time.
    public var runAt: Timestamp?
    /// Why the last attempt failed, or why the job was cancelled together with the one that it waited for; `nil`
    /// otherwise, and once it is done.
    public var error: String?
    /// When the job was stored.
    public let createdAt: Timestamp
    /// When the job was finished; `nil` if it is not.
    public var finishedAt: Timestamp?

    /// Describes a job as it is stored.
    public init(
        job: Job, pipeline: String, state: JobState, uniqueKey: String? = nil, runAt: Timestamp? = nil,
        error: String? = nil, createdAt: Timestamp, finishedAt: Timestamp? = nil
    ) {
        self.job = job
        self.pipeline = pipeline
        self.state = state
        self.uniqueKey = uniqueKey
        self.runAt = runAt
        self.error = error
        self.createdAt = createdAt
        self.finishedAt = finishedAt
    }
}
