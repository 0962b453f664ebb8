/// Civil time, which may jump: somebody sets the clock, or the machine was suspended.
public protocol WallClock: Sendable {
    /// The time to the millisecond.
    func now() -> Timestamp

    /// The time since 1970-01-01T00:00:00Z in microseconds. A clock that counts nothing finer than ``now()`` need not
    /// implement it.
    func nowInMicroseconds() -> Int64

    /// Sleeps until the civil time has reached the deadline, by passing or by a step of the clock. May return earlier when
    /// somebody sets the clock back: what was to come then has to be looked at anew.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(until deadline: Timestamp) async throws
}

extension WallClock {
    /// The time of ``now()``, in microseconds.
    public func nowInMicroseconds() -> Int64 { now().milliseconds * 1_000 }
}

/// The system's civil time.
public struct SystemWallClock: WallClock {
    /// A step of the clock is noticed within this time.
    private static let slice = Duration.seconds(10)

    /// All system clocks are the same one.
    public init() {}

    /// The system's time, cut to the millisecond.
    public func now() -> Timestamp { .now() }

    /// The system's time to the microsecond.
    public func nowInMicroseconds() -> Int64 { Timestamp.nowInMicroseconds() }

    /// Sleeps until the system's time has reached the deadline. A step of the clock past it, or back, is noticed within 10
    /// seconds.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until deadline: Timestamp) async throws {
        while true {
            let before = now()
            let left = before.duration(to: deadline)
            if left <= .zero { return }
            try await PreciseClock().sleep(for: min(left, Self.slice))
            // Somebody has set the clock back, and the deadline may have been one of the clock that was wrong.
            if now() < before { return }
        }
    }
}
