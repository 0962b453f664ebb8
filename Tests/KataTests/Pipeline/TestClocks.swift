import KataTestSupport

@testable import Kata

/// A clock on which no time passes: its first sleeps end at once, and the later ones only by cancellation.
struct HaltingClock: Clock {
    typealias Instant = PreciseClock.Instant

    /// The sleeps that were asked for.
    let sleeps = Notes<Duration>()
    /// Fires when somebody sleeps for good.
    let hasHalted = Signal()
    let freeSleeps: Int

    /// - Parameter freeSleeps: how many sleeps end at once.
    init(freeSleeps: Int = .max) {
        self.freeSleeps = freeSleeps
    }

    var now: Instant { Instant(nanoseconds: 0) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        sleeps.add(now.duration(to: deadline))
        guard sleeps.all.count > freeSleeps else { return }
        hasHalted.fire()
        try await Signal().wait()
    }
}
