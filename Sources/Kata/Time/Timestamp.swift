import CLinux
import Glibc

/// A point in civil time: milliseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Since 1970-01-01T00:00:00Z; negative before.
    public let milliseconds: Int64

    /// - Parameter milliseconds: since 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Since 1970-01-01T00:00:00Z, in seconds.
    package var seconds: Double { Double(milliseconds) / 1_000 }

    /// The system's civil time, cut to the millisecond. What is to be tested asks a ``WallClock`` instead.
    public static func now() -> Timestamp {
        Timestamp(milliseconds: nowInMicroseconds() / 1_000)
    }

    /// The system's civil time in microseconds since 1970-01-01T00:00:00Z.
    static func nowInMicroseconds() -> Int64 {
        clinux_clock_nanoseconds(CLOCK_REALTIME) / 1_000
    }

    /// The time that is so much later, or earlier for a negative duration, rounded up to the next millisecond; the first or
    /// the last time that can be told, if it would be past that.
    public func advanced(by duration: Duration) -> Timestamp {
        let whole = duration.milliseconds
        let (sum, overflow) = milliseconds.addingReportingOverflow(whole)
        if overflow { return Timestamp(milliseconds: whole < 0 ? .min : .max) }
        let hasRest = duration > .milliseconds(whole) && sum < .max
        return Timestamp(milliseconds: hasRest ? sum + 1 : sum)
    }

    /// The time from this one to the other; negative if the other one is earlier.
    public func duration(to other: Timestamp) -> Duration {
        .milliseconds(other.milliseconds) - .milliseconds(milliseconds)
    }

    /// Whether the left time is earlier.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// ISO 8601 in UTC, as in `2026-01-31T23:59:59.999Z`.
    public var iso8601: String {
        var (day, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        // Rounded down, so that what is left of a day is never negative.
        if rest < 0 { (day, rest) = (day - 1, rest + 86_400_000) }
        let date = CivilDate(daysSinceEpoch: Int(day))
        let (seconds, fraction) = rest.quotientAndRemainder(dividingBy: 1_000)
        return digits(date.year, 4) + "-" + digits(date.month, 2) + "-" + digits(date.day, 2) + "T"
            + digits(Int(seconds / 3_600), 2) + ":" + digits(Int(seconds / 60 % 60), 2) + ":"
            + digits(Int(seconds % 60), 2) + "." + digits(Int(fraction), 3) + "Z"
    }

    private func digits(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

extension Timestamp {
    /// How far a time may be from what the clock shows, or should show, without being taken for one of a clock that was
    /// wrong.
    public static let clockTolerance = Duration.seconds(60)
}
