import Synchronization

/// Spaces the beginnings of jobs.
final class RateLimiter: Sendable {
    private let interval: Duration
    private let next: Mutex<PreciseClock.Instant?>
    private let clock = PreciseClock()

    init(_ limit: RateLimit) {
        interval = limit.interval
        next = Mutex(nil)
    }

    /// Waits for its turn.
    ///
    /// - Throws: `CancellationError` if the task is cancelled first. The turn is lost then.
    func wait() async throws {
        let turn = next.withLock { next in
            let turn = max(next ?? clock.now, clock.now)
            next = turn.advanced(by: interval)
            return turn
        }
        if turn > clock.now { try await clock.sleep(until: turn) }
    }
}
