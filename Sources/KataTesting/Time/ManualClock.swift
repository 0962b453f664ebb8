public import Kata

/// A monotonic clock that stands still until a test lets time pass.
public final class ManualClock: MonotonicClock {
    /// That of all monotonic clocks.
    public typealias Instant = MonotonicInstant

    let time = ManualTime(Instant(nanoseconds: 0))

    /// Stands at 0 until time passes.
    public init() {}

    /// How much time has passed.
    public var now: Instant { time.now }
    /// A nanosecond.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// How long the sleeps that are under way have still to go, the shortest first.
    public var sleeps: [Duration] {
        let (now, deadlines) = time.reading
        return deadlines.map { now.duration(to: $0) }
    }

    /// Lets that time pass, and wakes the tasks that sleep no longer than that.
    public func advance(by duration: Duration) {
        time.set { $0.advanced(by: duration) }
    }

    /// Sleeps until so much time has passed; returns at once if it has.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try await time.sleep(until: deadline)
    }
}
