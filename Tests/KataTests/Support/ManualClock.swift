import KataTestSupport

@testable import Kata

/// A monotonic clock that stands still until a test lets time pass.
final class ManualClock: MonotonicClock {
    typealias Instant = MonotonicInstant

    private let time = ManualTime(Instant(nanoseconds: 0))

    var now: Instant { time.now }
    var minimumResolution: Duration { .nanoseconds(1) }

    /// How long the sleeps that are under way have still to go, the shortest first.
    var sleeps: [Duration] {
        let (now, deadlines) = time.reading
        return deadlines.map { now.duration(to: $0) }
    }

    /// Lets that time pass, and wakes the tasks that sleep no longer than that.
    func advance(by duration: Duration) {
        time.set { $0.advanced(by: duration) }
    }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try await time.sleep(until: deadline)
    }
}
