/// What became of one attempt at a job, ready to be recorded.
public struct Completion: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case done
        /// Failed for good, with the reason.
        case failed(reason: String)
    }

    public let job: Job
    public let consumerID: String
    public let outcome: Outcome
    public let startedAt: Timestamp
    public let finishedAt: Timestamp

    public init(job: Job, consumerID: String, outcome: Outcome, startedAt: Timestamp, finishedAt: Timestamp) {
        self.job = job
        self.consumerID = consumerID
        self.outcome = outcome
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}
