/// The latest alarm of a pipeline that gathers its failures.
public struct GatheredAlarm: Hashable, Sendable {
    /// The job that tells of the failures; it may be forgotten by now.
    public let job: Job.ID
    /// The name of the pipeline that does the job.
    public let target: String
    /// When the job was to be done, at the earliest.
    public let dueAt: Timestamp
    /// Whether the job still waits for that time, so that it can tell of more failures.
    public let isWaiting: Bool
    /// What the job tells of.
    public var failures: GatheredFailures

    /// Describes the latest alarm of a pipeline.
    public init(job: Job.ID, target: String, dueAt: Timestamp, isWaiting: Bool, failures: GatheredFailures) {
        self.job = job
        self.target = target
        self.dueAt = dueAt
        self.isWaiting = isWaiting
        self.failures = failures
    }
}
