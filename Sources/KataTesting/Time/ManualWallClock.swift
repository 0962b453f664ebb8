public import Kata

/// A civil clock that stands still until a test sets it, forward or back.
public final class ManualWallClock: WallClock {
    let time: ManualTime<Timestamp>

    /// What it shows at first, unless told otherwise: 2026-01-31T23:59:59.999Z. What takes a day or a month for another one has
    /// a chance to.
    public static let start = Timestamp(milliseconds: 1_769_903_999_999)

    /// - Parameter now: what it shows until it is set.
    public init(_ now: Timestamp = start) {
        time = ManualTime(now)
    }

    /// The time that was set last.
    public func now() -> Timestamp { time.now }

    /// The times that tasks sleep until, the earliest first.
    public var deadlines: [Timestamp] { time.reading.deadlines }

    /// Sets the clock. Tasks that sleep until then or until earlier wake.
    public func advance(to time: Timestamp) {
        self.time.set { _ in time }
    }

    /// Sets the clock forward, or back for a negative duration. Tasks that sleep until then or until earlier wake.
    public func advance(by duration: Duration) {
        time.set { $0.advanced(by: duration) }
    }

    /// Sleeps until the clock is set to the deadline or later; returns at once if it is.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until deadline: Timestamp) async throws {
        try await time.sleep(until: deadline)
    }
}
