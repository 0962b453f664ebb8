/// A job with everything that the store keeps of it, for people.
public struct JobRecord: Hashable, Sendable {
    public var job: Job
    public let pipeline: String
    public var state: JobState
    public let uniqueKey: String?
    /// When it is due, or was: `nil` if it never had to wait for a time.
    public var runAt: Timestamp?
    /// Why it failed, or failed last.
    public var error: String?
    public let createdAt: Timestamp
    /// When it was finished; `nil` if it is not.
    public var finishedAt: Timestamp?

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
