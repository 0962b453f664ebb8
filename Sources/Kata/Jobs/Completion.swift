/// What became of one attempt at a job, ready to be recorded.
public struct Completion: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case done
        /// Failed for good, with the reason.
        case failed(reason: String)
        /// Failed, and to be tried again at that time.
        case retry(reason: String, at: Timestamp)
        /// Cut off by a drain. It goes back to pending, and that costs no attempt.
        case interrupted
        /// Cut off by what was not its fault, and to be done again at that time. Costs no attempt, either, and counts as an
        /// interruption.
        case aborted(reason: String, at: Timestamp)

        /// The state that the job is in afterwards.
        public var state: JobState {
            switch self {
            case .done: .done
            case .failed: .failed
            case .retry, .aborted: .scheduled
            case .interrupted: .pending
            }
        }
    }

    public let job: Job
    public let consumerID: String
    public let outcome: Outcome
    public let startedAt: Timestamp
    public let finishedAt: Timestamp
    /// What the handler kept of the attempt.
    public let output: String?

    public init(
        job: Job, consumerID: String, outcome: Outcome, startedAt: Timestamp, finishedAt: Timestamp,
        output: String? = nil
    ) {
        self.output = output
        self.job = job
        self.consumerID = consumerID
        self.outcome = outcome
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}
