/// Civil start and end times of a piece of work, whose difference is never shorter than the time it took.
///
/// The end is the start plus monotonic time, so a step of the system's clock in between does not show.
struct Stopwatch: Sendable {
    private let startedMicroseconds: Int64
    private let start: MonotonicInstant

    /// Starts now.
    init(_ runtime: Runtime) {
        startedMicroseconds = runtime.wallClock.nowInMicroseconds()
        start = runtime.clock.now
    }

    /// When the work began, in civil time.
    var startedAt: Timestamp { Timestamp(milliseconds: startedMicroseconds / 1_000) }

    /// When the work was finished, in civil time.
    ///
    /// - Parameter end: when it was finished, on the clock that the stopwatch was made with.
    func finishedAt(_ end: MonotonicInstant) -> Timestamp {
        let elapsed = start.duration(to: end)
        return Timestamp(milliseconds: (startedMicroseconds + elapsed.nanoseconds / 1_000) / 1_000)
    }
}
