import Synchronization

/// Has consumers wait until a rate lets their jobs begin: the rate of all jobs, and that of the jobs with the same key.
final class RateLimiter: Sendable {
    private struct State {
        var all: Pacer?
        var keys: Pacer?
    }

    /// The one key under which the pacer of all jobs counts every job.
    private static let allJobs = ""
    private let state: Mutex<State>
    private let clock: any MonotonicClock

    /// - Returns: `nil` if the limits have no rate.
    init?(_ limits: WorkLimits, clock: any MonotonicClock) {
        if limits.rate == nil && limits.ratePerKey == nil { return nil }
        self.clock = clock
        state = Mutex(
            State(
                all: limits.rate.map { Pacer(interval: $0.interval) },
                keys: limits.ratePerKey.map { Pacer(interval: $0.interval) }))
    }

    /// Waits for the turn of a job with that key, unless a latch opens first. The job's turn is lost then.
    ///
    /// - Returns: `false` if the latch opened first.
    /// - Throws: `CancellationError` if the task is cancelled first. The job's turn is lost then.
    func wait(for key: String?, unless latch: Latch) async throws -> Bool {
        let now = clock.now
        let turn = takeTurn(for: key, now: now)
        if turn <= now { return true }
        do {
            try await withCancellation(on: latch) { [clock] in try await clock.sleep(until: turn, tolerance: nil) }
            return true
        } catch is CancellationError where !Task.isCancelled {
            return false
        }
    }

    enum Cause {
        case all, key
    }

    /// Which rate a job with that key would have to wait for now.
    func holdsBack(_ key: String?) -> Cause? {
        state.withLock { state in
            let now = clock.now
            if let key, let turn = state.keys?.turn(for: key, now: now), turn > now { return .key }
            if let turn = state.all?.turn(for: Self.allJobs, now: now), turn > now { return .all }
            return nil
        }
    }

    private func takeTurn(for key: String?, now: MonotonicInstant) -> MonotonicInstant {
        state.withLock { state in
            var turn = now
            if let next = state.all?.turn(for: Self.allJobs, now: now) {
                turn = next
                state.all?.take(turn, for: Self.allJobs, now: now)
            }
            if let key, let next = state.keys?.turn(for: key, now: now) {
                turn = max(turn, next)
                state.keys?.take(turn, for: key, now: now)
            }
            return turn
        }
    }
}
