import Synchronization

/// The system's civil time, put right by what another clock shows, such as that of a server that several machines share.
public final class OffsetWallClock: WallClock {
    private struct State {
        var offset: Int64 = 0
        /// How far wrong the offset may be; grows with time.
        var error: Int64 = .max
    }

    private let state = Mutex(State())
    /// In microseconds.
    private let offset = Atomic<Int64>(0)
    /// A change of the offset is noticed within this time.
    private static let slice = Duration.seconds(1)
    /// The same as long as no other clock was noted.
    private static let systemSlice = Duration.seconds(10)
    /// What is less than this is left as it is.
    private static let tolerance: Int64 = 1_000

    /// Shows the system's time until another offset is noted.
    public init() {}

    /// Takes in how far the other clock is ahead.
    ///
    /// - Parameter error: how far wrong that may be. A sample that is worse than the one before counts only if the clocks have moved
    ///   apart by more than that.
    public func note(_ offset: Duration, error: Duration) {
        let (new, wrong) = (offset.microseconds, error.microseconds)
        state.withLock { state in
            if state.error != .max, abs(new - state.offset) <= wrong + Self.tolerance, wrong >= state.error { return }
            state = State(offset: new, error: wrong)
            self.offset.store(new, ordering: .relaxed)
        }
    }

    /// The other clock's time, cut to the millisecond.
    public func now() -> Timestamp {
        let microseconds = nowInMicroseconds()
        return Timestamp(milliseconds: (microseconds - (microseconds < 0 ? 999 : 0)) / 1_000)
    }

    /// The other clock's time to the microsecond.
    public func nowInMicroseconds() -> Int64 { Timestamp.nowInMicroseconds() + offset.load(ordering: .relaxed) }

    /// Sleeps until the other clock's time has reached the deadline. A step of either clock is noticed within a second; as long as no
    /// other clock was noted, one of the system's within ten.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until deadline: Timestamp) async throws {
        while true {
            let before = now()
            let left = before.duration(to: deadline)
            if left <= .zero { return }
            let slice = state.withLock { $0.error == .max } ? Self.systemSlice : Self.slice
            try await PreciseClock().sleep(for: min(left, slice))
            // The clock was set back, and the deadline may have been one of the time that was wrong.
            if now() < before { return }
        }
    }
}
