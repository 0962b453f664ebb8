/// What a pipeline does about jobs that fail, hang, or end the daemon.
public struct FailurePolicy: Hashable, Sendable {
    /// When a job that failed is tried again; `nil` means never, unless a handler asks for it, or the job brings its
    /// own number of attempts.
    public var retry: RetryPolicy?
    /// How long an attempt may take, unless the job says; `nil` means for ever.
    public var timeout: Duration?
    /// How many times a job may be interrupted before it counts as failed for good, 1 to 1,000.
    public var interruptions: Int

    /// No retries, no timeout and three interruptions, unless other values are given.
    public init(retry: RetryPolicy? = nil, timeout: Duration? = nil, interruptions: Int = 3) {
        self.retry = retry
        self.timeout = timeout
        self.interruptions = interruptions
    }

    /// What follows for a job whose attempt failed at that time.
    func outcome(
        of job: Job, failedWith failure: JobFailure, at time: Timestamp,
        using generator: inout some RandomNumberGenerator
    ) -> Completion.Outcome {
        let fallback: RetryPolicy
        var wait: Duration?
        switch failure.retry {
        case .interrupted: return outcome(ofInterrupted: job, failure.reason, at: time, using: &generator)
        // How much later depends on the handler, and not on this job.
        case .unavailable: return .postponed(reason: failure.reason, at: time)
        case .never: return .failed(reason: failure.reason)
        case .byPolicy: fallback = .none
        case .again: fallback = RetryPolicy()
        case .after(let time): (fallback, wait) = (RetryPolicy(), time)
        }
        let policy = retry ?? fallback
        guard let delay = policy.delay(after: job.attempt, limit: job.maxAttempts, using: &generator) else {
            return .failed(reason: failure.reason)
        }
        return .retry(reason: failure.reason, at: time.advanced(by: wait ?? delay))
    }

    private func outcome(
        ofInterrupted job: Job, _ reason: String, at time: Timestamp, using generator: inout some RandomNumberGenerator
    ) -> Completion.Outcome {
        // Whether that was too often is asked when the job comes back, as after any interruption.
        let delay = RetryPolicy(attempts: .max).delay(after: job.interruptions + 1, using: &generator) ?? .zero
        return .interrupted(reason: reason, at: time.advanced(by: delay))
    }

    /// Whether the store has to know of the job's beginning before it begins: one that has ended a node may end the next one.
    func needsCare(_ job: Job) -> Bool { job.interruptions > 0 || interruptions == 1 }

    /// Whether one more interruption would be the job's last.
    func isSuspect(_ job: Job) -> Bool { job.interruptions > 0 && job.interruptions == interruptions - 1 }

    /// Why the job is not to be done any more, if it was interrupted too often; `nil` otherwise.
    func quarantineReason(of job: Job) -> String? {
        job.interruptions < interruptions
            ? nil
            : "quarantined: it was interrupted \(counted(job.interruptions, "time")), by an end of the daemon that nobody asked for, or of what it ran in"
    }
}
