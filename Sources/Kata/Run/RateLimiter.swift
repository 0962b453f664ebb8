import Synchronization

/// Has consumers wait until a rate lets their jobs begin: the rate of all jobs, and that of the jobs with the same key.
///
/// A feed gives out no job long before its turn, see ``RateGate``, so what a consumer waits here is short. It is here that
/// turns are kept exactly.
final class RateLimiter: Sendable {
    struct Schedules {
        var all: RateSchedule?
        var keys: RateSchedule?
    }

    /// The longest interval of the rates, if that is long enough to outlive the daemon; otherwise `nil`.
    let lastingInterval: Duration?
    /// Whether the rate of jobs with the same key is to outlive the daemon.
    let keysLast: Bool
    private let state: Mutex<Schedules>
    /// `nil` where no other node takes turns.
    private let shared: SharedTurns?
    private let clock: any MonotonicClock
    private let news: FeedNews

    /// - Parameters:
    ///   - starts: when jobs began last, before this limiter was made.
    ///   - news: is told of each job's turn.
    ///   - shared: the turns that all nodes share; `nil` where no other node takes any.
    /// - Returns: `nil` if the limits have no rate.
    init?(
        _ limits: WorkLimits, starts: LastStarts = LastStarts(), runtime: Runtime, news: FeedNews,
        shared: SharedTurns? = nil
    ) {
        if limits.rate == nil && limits.ratePerKey == nil { return nil }
        self.shared = shared
        // Where turns are shared the store knows them anyway.
        lastingInterval = shared == nil ? limits.lastingInterval : nil
        keysLast = WorkLimits(ratePerKey: limits.ratePerKey).lastingInterval != nil
        clock = runtime.clock
        self.news = news
        let now = runtime.clock.now
        let time = runtime.wallClock.now()
        /// A clock that was set back makes nobody wait longer than once.
        func instant(of start: Timestamp) -> MonotonicInstant {
            now.advanced(by: .milliseconds(min(0, start.milliseconds - time.milliseconds)))
        }
        var schedules = Schedules(
            all: limits.rate.map { RateSchedule(interval: $0.interval) },
            keys: limits.ratePerKey.map { RateSchedule(interval: $0.interval) })
        if let start = starts.latest { schedules.all?.take(instant(of: start), for: RateSchedule.allJobs, now: now) }
        for (key, start) in starts.keys { schedules.keys?.take(instant(of: start), for: ExactString(key), now: now) }
        state = Mutex(schedules)
    }

    /// What is known of the turns so far.
    var schedules: Schedules { state.withLock { $0 } }

    /// Waits for the turn of a job, unless a latch opens first. The job's turn is lost then.
    ///
    /// - Returns: `false` if the latch opened first.
    /// - Throws: `CancellationError` if the task is cancelled first. The job's turn is lost then.
    func wait(for job: Job, unless latch: Latch) async throws -> Bool {
        let turn = try await turn(for: job.key)
        let now = clock.now
        news.post { $0.begun.append((Claim(job), turn)) }
        if turn <= now { return true }
        do {
            try await withCancellation(on: latch) { [clock] in try await clock.sleep(until: turn, tolerance: nil) }
            return true
        } catch is CancellationError where !Task.isCancelled {
            return false
        }
    }

    /// What a job waits for because of a rate.
    enum Wait: Hashable {
        /// The turn of any job.
        case all(Duration)
        /// The turn of a job with the same key.
        case key(Duration)
    }

    /// The rate that a job with that key would have to wait for now, and how long.
    func wait(for key: String?) -> Wait? {
        let schedules = schedules
        let now = clock.now
        let turn = schedules.all?.turn(for: RateSchedule.allJobs, now: now) ?? now
        if let key, let own = schedules.keys?.turn(for: ExactString(key), now: now), own > max(now, turn) {
            return .key(now.duration(to: own))
        }
        return turn > now ? .all(now.duration(to: turn)) : nil
    }

    /// The keys whose next job has to wait for their rate.
    var waitingKeys: [String] { schedules.keys?.waitingKeys(now: clock.now).map(\.text) ?? [] }

    private func turn(for key: String?) async throws -> MonotonicInstant {
        guard let shared else { return takeTurn(for: key, now: clock.now) }
        let schedules = schedules
        var turn = clock.now
        if let all = schedules.all { turn = max(turn, try await shared.next(all.interval, key: nil)) }
        if let keys = schedules.keys, let key { turn = max(turn, try await shared.next(keys.interval, key: key)) }
        let now = clock.now
        state.withLock { [turn] schedules in
            schedules.all?.take(turn, for: RateSchedule.allJobs, now: now)
            if let key { schedules.keys?.take(turn, for: ExactString(key), now: now) }
        }
        return turn
    }

    private func takeTurn(for key: String?, now: MonotonicInstant) -> MonotonicInstant {
        state.withLock { schedules in
            var turn = now
            if let next = schedules.all?.turn(for: RateSchedule.allJobs, now: now) {
                turn = next
                schedules.all?.take(turn, for: RateSchedule.allJobs, now: now)
            }
            if let key = key.map(ExactString.init), let next = schedules.keys?.turn(for: key, now: now) {
                turn = max(turn, next)
                schedules.keys?.take(turn, for: key, now: now)
            }
            return turn
        }
    }
}
