import Synchronization

/// Spaces the beginnings of jobs: of all, and of those with the same key.
final class RateLimiter: Sendable {
    private struct State {
        /// When the next job may begin.
        var next: PreciseClock.Instant?
        /// When the next job with that key may begin.
        var nextOfKey: [String: PreciseClock.Instant] = [:]
        /// How many keys there may be before it is time to forget old ones.
        var sweepCount = 1_024
    }

    private let interval: Duration?
    private let keyInterval: Duration?
    private let state = Mutex(State())
    private let clock = PreciseClock()

    /// - Returns: `nil` if the limits are none of a rate.
    init?(_ limits: WorkLimits) {
        if limits.rate == nil && limits.ratePerKey == nil { return nil }
        interval = limits.rate?.interval
        keyInterval = limits.ratePerKey?.interval
    }

    /// Waits for the turn of a job with that key, unless a signal fires first. The turn is lost then.
    ///
    /// - Returns: `false` if the signal fired first.
    /// - Throws: `CancellationError` if the task is cancelled first. The turn is lost then.
    func wait(for key: String?, unless signal: Signal) async throws -> Bool {
        let turn = takeTurn(for: key)
        if turn <= clock.now { return true }
        do {
            try await withCancellation(on: signal) { [clock] in try await clock.sleep(until: turn) }
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
            if let key, state.nextOfKey[key].map({ $0 > now }) ?? false { return .key }
            return state.next.map { $0 > now } ?? false ? .all : nil
        }
    }

    private func takeTurn(for key: String?) -> PreciseClock.Instant {
        state.withLock { state in
            let now = clock.now
            var turn = now
            if let interval {
                turn = max(now, state.next ?? now)
                state.next = turn.advanced(by: interval)
            }
            if let keyInterval, let key {
                turn = max(turn, state.nextOfKey[key] ?? now)
                state.nextOfKey[key] = turn.advanced(by: keyInterval)
                if state.nextOfKey.count > state.sweepCount { sweep(&state, now) }
            }
            return turn
        }
    }

    /// Forgets keys that hold back nothing any more.
    private func sweep(_ state: inout State, _ now: PreciseClock.Instant) {
        state.nextOfKey = state.nextOfKey.filter { $0.value > now }
        state.sweepCount = 2 * state.nextOfKey.count + 1_024
    }
}
