/// Keeps a feed from giving out jobs that may not begin yet, and knows which jobs it has given out.
struct FeedLimiter {
    private struct Given {
        let claim: Claim
        /// `nil` if the job has none, or if there are no limits of keys.
        let key: ExactString?
        /// Whether the job has taken its turn.
        var hasBegun = false
    }

    /// `nil` if there are no limits of keys.
    var keys: KeyLimiter?
    /// `nil` if the pipeline has no rate.
    private var gate: RateGate?
    /// By job; a job may have come back before the feed learns of the end of its last attempt.
    private var given: [Job.ID: [Given]] = [:]

    /// - Parameter isNeeded: whether it has to be known which jobs are given out although there are no limits.
    /// - Returns: `nil` if there are no limits.
    init?(
        _ limits: WorkLimits, schedules: RateLimiter.Schedules?, bounds: KeyLimiter.Bounds = KeyLimiter.Bounds(),
        isNeeded: Bool = false
    ) {
        keys = KeyLimiter(limits, schedule: schedules?.keys, bounds: bounds)
        gate = schedules?.all.map(RateGate.init)
        if keys == nil && gate == nil && !isNeeded { return nil }
    }

    /// Whether any job may begin, as far as the rate of all jobs goes.
    func mayGive(now: MonotonicInstant) -> Bool {
        gate?.mayGive(RateSchedule.allJobs, now: now) ?? true
    }

    /// When a job may begin because of a rate; `nil` if no job waits only for that.
    mutating func nextTurn(now: MonotonicInstant) -> MonotonicInstant? {
        guard let gate, !gate.mayGive(RateSchedule.allJobs, now: now) else { return keys?.nextTurn(now: now) }
        return gate.time(for: RateSchedule.allJobs, now: now)
    }

    /// Whether the job was given out, as it is, and is not over.
    func isGiven(_ job: Job) -> Bool {
        given[job.id]?.contains { $0.claim == Claim(job) } ?? false
    }

    /// Whether the job was given out, at whichever attempt, and is not over.
    func isGiven(_ job: Job.ID) -> Bool { given[job] != nil }

    /// Whether the job was given out at that attempt and is not over.
    func isGiven(_ job: Job.ID, attempt: Int) -> Bool {
        given[job]?.contains { $0.claim.attempt == attempt } ?? false
    }

    /// Notes that a job is given out.
    mutating func give(_ job: Job) {
        gate?.give(RateSchedule.allJobs)
        let key = keys == nil ? nil : job.key.map(ExactString.init)
        given[job.id, default: []].append(Given(claim: Claim(job), key: key))
    }

    /// Takes in the turn of a job that was given out.
    mutating func begin(_ claim: Claim, at turn: MonotonicInstant, now: MonotonicInstant) {
        guard let index = given[claim.job]?.firstIndex(where: { $0.claim == claim }),
            let job = given[claim.job]?[index]
        else { return }
        given[claim.job]?[index].hasBegun = true
        gate?.begin(RateSchedule.allJobs, at: turn, isFirst: !job.hasBegun, now: now)
        if let key = job.key { keys?.begin(key, at: turn, isFirst: !job.hasBegun, now: now) }
    }

    /// Takes in that a job that was given out is over.
    mutating func end(_ claim: Claim, now: MonotonicInstant) {
        guard let index = given[claim.job]?.firstIndex(where: { $0.claim == claim }),
            let job = given[claim.job]?.remove(at: index)
        else { return }
        if given[claim.job]?.isEmpty ?? false { given[claim.job] = nil }
        if !job.hasBegun { gate?.withdraw(RateSchedule.allJobs) }
        if let key = job.key { keys?.end(key, hasBegun: job.hasBegun, now: now) }
    }
}
