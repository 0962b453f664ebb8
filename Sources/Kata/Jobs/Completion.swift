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
        case cutOff
        /// Cut off by what was not the job's fault, and to be done again at that time. Costs no attempt, either, and
        /// counts as an interruption.
        case interrupted(reason: String, at: Timestamp)
        /// Not done, because the handler could do no job at all, and to be done at that time. Costs nothing.
        case postponed(reason: String, at: Timestamp)

        /// The state that the job is in afterwards.
        public var state: JobState {
            switch self {
            case .done: .done
            case .failed: .failed
            case .retry, .interrupted, .postponed: .scheduled
            case .cutOff: .pending
            }
        }

        /// Whether the attempt failed, so that there may be an exit code.
        var hasFailed: Bool {
            switch self {
            case .failed, .retry, .interrupted: true
            case .done, .cutOff, .postponed: false
            }
        }

        /// Whether the attempt came to an end of its own, so that it counts.
        var isFinished: Bool {
            switch self {
            case .done, .failed, .retry, .interrupted: true
            case .cutOff, .postponed: false
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
    /// What the program of a job that failed ended with; `nil` if there was none.
    public let exitCode: Int32?
    /// What the attempt has used; `nil` unless it had a process.
    public let cost: JobCost?
    /// What kind of failure it was; `nil` unless the attempt failed.
    package var failureKind: FailureKind?
    /// Whether the store may have a checkpoint of the job, which goes when the job is done.
    package var hasCheckpoint = false

    /// Describes the end of an attempt. Nothing is recorded by that.
    public init(
        job: Job, consumerID: String, outcome: Outcome, startedAt: Timestamp, finishedAt: Timestamp,
        output: String? = nil, exitCode: Int32? = nil, cost: JobCost? = nil
    ) {
        self.exitCode = exitCode
        self.output = output
        self.cost = cost
        self.job = job
        self.consumerID = consumerID
        self.outcome = outcome
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}
