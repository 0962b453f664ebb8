/// A failure after which there was no success yet.
public struct OpenFailure: Hashable, Sendable {
    /// The job that failed last.
    public let job: Job.ID
    /// When the first job failed since the last success.
    public let since: Timestamp
    /// How many jobs have failed since the last success.
    public let count: Int

    /// Describes what has failed since the last success.
    public init(job: Job.ID, since: Timestamp, count: Int) {
        self.job = job
        self.since = since
        self.count = count
    }
}
