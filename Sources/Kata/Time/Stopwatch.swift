/// Civil start and end times of a piece of work, whose difference is never shorter than the time it took.
///
/// The end is the start plus monotonic time, so a step of the system's clock in between does not show.
struct Stopwatch: Sendable {
    private let startedMicroseconds: Int64
    private let start: PreciseClock.Instant

    init() {
        startedMicroseconds = Timestamp.nowInMicroseconds()
        start = PreciseClock().now
    }

    var startedAt: Timestamp { Timestamp(milliseconds: startedMicroseconds / 1_000) }

    var elapsed: Duration { start.duration(to: PreciseClock().now) }

    func finishedAt() -> Timestamp {
        Timestamp(milliseconds: (startedMicroseconds + elapsed.nanoseconds / 1_000) / 1_000)
    }
}
