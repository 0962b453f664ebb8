import KataTestSupport

@testable import Kata

/// A clock on which no time passes: its first sleeps end at once, and the later ones only by cancellation.
///
/// What a pipeline does every so often as long as it works would never rest on such a clock, so it gets no end of its sleeps.
struct HaltingClock: MonotonicClock {
    typealias Instant = MonotonicInstant

    /// The sleeps that were asked for, but for those that nothing is to come of.
    let sleeps = Notes<Duration>()
    /// Opens when somebody sleeps for good.
    let hasHalted = Latch()
    let freeSleeps: Int

    /// - Parameter freeSleeps: how many sleeps end at once.
    init(freeSleeps: Int = .max) {
        self.freeSleeps = freeSleeps
    }

    var now: Instant { Instant(nanoseconds: 0) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        let duration = now.duration(to: deadline)
        if duration != StartMarks.age {
            sleeps.add(duration)
            guard sleeps.all.count > freeSleeps else { return }
            hasHalted.open()
        }
        try await Latch().wait()
    }
}
