/// Civil time, which may jump: somebody sets the clock, or the machine was suspended.
public protocol WallClock: Sendable {
    func now() -> Timestamp

    /// Sleeps until the civil time has reached the deadline, however it gets there.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(until deadline: Timestamp) async throws
}

/// The system's civil time.
public struct SystemWallClock: WallClock {
    /// A step of the clock is noticed within this time.
    private static let slice = Duration.seconds(10)

    public init() {}

    public func now() -> Timestamp { .now() }

    public func sleep(until deadline: Timestamp) async throws {
        while true {
            let left = Duration.milliseconds(deadline.milliseconds - now().milliseconds)
            if left <= .zero { return }
            try await PreciseClock().sleep(for: min(left, Self.slice))
        }
    }
}
