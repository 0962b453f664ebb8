/// What a request changed about a job.
public struct JobChange: Hashable, Sendable {
    public let job: Job.ID
    /// The attempt that was under way or came next.
    public let attempt: Int
    public let priority: Int
    public let runID: Run.ID
    public let pipeline: String
    public let old: JobState
    public let new: JobState
    /// When it is due, if it is scheduled now.
    public let runAt: Timestamp?

    public init(
        job: Job.ID, attempt: Int, priority: Int, runID: Run.ID, pipeline: String, old: JobState, new: JobState,
        runAt: Timestamp? = nil
    ) {
        self.runAt = runAt
        self.job = job
        self.attempt = attempt
        self.priority = priority
        self.runID = runID
        self.pipeline = pipeline
        self.old = old
        self.new = new
    }
}
