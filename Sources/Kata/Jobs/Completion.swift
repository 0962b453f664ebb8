/// What became of one attempt at a job, ready to be recorded.
public struct Completion: Hashable, Sendable {
    /// How an attempt ended.
    public enum Outcome: Hashable, Sendable {
        /// Handled well: the item is consumed, and gets a result.
        case done
        /// Failed for good, with the reason for people.
        case failed(reason: String)
        /// Failed, and to be tried again at that time with the next attempt.
        case retry(reason: String, at: Timestamp)
        /// Cut off by a drain. The job goes back to pending, and that costs nothing.
        case interrupted
        /// Cut off by what was not the job's fault, and to be done again at that time. Costs no attempt, either, and
        /// counts as an interruption.
        case aborted(reason: String, at: Timestamp)
        /// Not done, because the handler could do no job at all, and to be done at that time. Costs nothing.
        case postponed(reason: String, at: Timestamp)

        /// The state that the job is in afterwards.
        public var state: JobState {
            switch self {
            case .done: .done
            case .failed: .failed
            case .retry, .aborted, .postponed: .scheduled
            case .interrupted: .pending
            }
        }

        /// Whether the attempt came to an end of its own, so that it counts.
        var isFinished: Bool {
            switch self {
            case .done, .failed, .retry, .aborted: true
            case .interrupted, .postponed: false
            }
        }
    }

    /// The job as it was given to the handler; its attempt is the one that ended.
    public let job: Job
    /// Who made the attempt: `c1`, `c2`, …
    public let consumerID: String
    /// How the attempt ended.
    public let outcome: Outcome
    /// When the job was given to the handler.
    public let startedAt: Timestamp
    /// When the handler was done with the job. Never before ``startedAt``, even if the clock was set meanwhile.
    public let finishedAt: Timestamp
    /// What the handler kept of the attempt; `nil` if it kept nothing.
    public let output: String?

    /// Describes the end of an attempt. Nothing is recorded by that.
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
