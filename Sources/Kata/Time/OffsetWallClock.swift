import CLinux
import Glibc
import Synchronization

/// The system's civil time, or that of another clock, such as that of a server that several machines share.
///
/// As soon as another clock was noted it goes by the time since the start of the machine: whoever sets this machine's clock does not
/// set this one, not even until the next sample.
public final class OffsetWallClock: WallClock {
    private struct State {
        /// From ``steady`` to the other clock.
        var offset: Int64 = 0
        /// How far wrong the offset may be; grows with time.
        var error: Int64 = .max
    }

    private let state = Mutex(State())
    /// From ``steady`` to the other clock, in microseconds; the least number as long as none was noted.
    private let offset = Atomic<Int64>(.min)
    /// The system's civil time, in microseconds.
    private let system: @Sendable () -> Int64
    /// Microseconds since the start of the machine, while it sleeps, too.
    private let steady: @Sendable () -> Int64
    /// A change of the offset is noticed within this time.
    private static let slice = Duration.seconds(1)
    /// The same as long as no other clock was noted.
    private static let systemSlice = Duration.seconds(10)
    /// What is less than this is left as it is.
    private static let tolerance: Int64 = 1_000

    /// Shows the system's time until another offset is noted.
    public convenience init() {
        self.init(
            system: Timestamp.nowInMicroseconds, steady: { clinux_clock_nanoseconds(CLOCK_BOOTTIME) / 1_000 })
    }

    init(system: @escaping @Sendable () -> Int64, steady: @escaping @Sendable () -> Int64) {
        self.system = system
        self.steady = steady
    }

    /// Takes in how far the other clock is ahead of the system's now.
    ///
    /// - Parameters:
    ///   - offset: less than zero if the other clock is behind.
    ///   - error: how far wrong the offset may be. A sample that is worse than the one before counts only if the clocks have moved
    ///     apart by more than that.
    public func note(_ offset: Duration, error: Duration) {
        let (new, wrong) = (system() - steady() + offset.microseconds, error.microseconds)
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
    public func nowInMicroseconds() -> Int64 {
        let offset = offset.load(ordering: .relaxed)
        return offset == .min ? system() : steady() + offset
    }

    /// Sleeps until the other clock's time has reached the deadline. A step of that clock is noticed within a second; as long as no
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
