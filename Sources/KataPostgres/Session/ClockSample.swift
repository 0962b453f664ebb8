import Kata

/// What the server's clock showed, and this machine's before and after that. In microseconds since 1970.
struct ClockSample: Sendable {
    let server: Int64
    let before: Int64
    let after: Int64

    static var system: Int64 { SystemWallClock().nowInMicroseconds() }

    /// How far the server's clock is ahead, give or take half the time that the answer took.
    var offset: Duration { .microseconds(server - (before + after) / 2) }

    /// How far wrong that may be.
    var error: Duration { .microseconds((after - before + 1) / 2) }
}
