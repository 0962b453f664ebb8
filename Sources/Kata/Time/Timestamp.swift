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

    /// The system's civil time, cut to the millisecond. What is to be tested asks a ``WallClock`` instead.
    public static func now() -> Timestamp {
        Timestamp(milliseconds: nowInMicroseconds() / 1_000)
    }

    /// The system's civil time in microseconds since 1970-01-01T00:00:00Z.
    static func nowInMicroseconds() -> Int64 {
        clinux_clock_nanoseconds(CLOCK_REALTIME) / 1_000
    }

    /// The time that is so much later, or earlier for a negative duration, rounded up to the next millisecond.
    public func advanced(by duration: Duration) -> Timestamp {
        let nanoseconds = duration.nanoseconds
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return Timestamp(milliseconds: milliseconds + whole + (rest > 0 ? 1 : 0))
    }

    /// Whether the left time is earlier.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// ISO 8601 in UTC, as in `2026-01-31T23:59:59.999Z`.
    public var iso8601: String {
        // Rounded down, so that what is left of a day is never negative.
        let day = milliseconds >= 0 ? milliseconds / 86_400_000 : (milliseconds + 1) / 86_400_000 - 1
        let date = CivilDate(daysSinceEpoch: Int(day))
        let (seconds, fraction) = (milliseconds - day * 86_400_000).quotientAndRemainder(dividingBy: 1_000)
        return digits(date.year, 4) + "-" + digits(date.month, 2) + "-" + digits(date.day, 2) + "T"
            + digits(Int(seconds / 3_600), 2) + ":" + digits(Int(seconds / 60 % 60), 2) + ":"
            + digits(Int(seconds % 60), 2) + "." + digits(Int(fraction), 3) + "Z"
    }

    private func digits(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
