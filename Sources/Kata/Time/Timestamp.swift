import CLinux
import Glibc

/// A point in civil time: milliseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Comparable, Sendable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public static func now() -> Timestamp {
        Timestamp(milliseconds: nowInMicroseconds() / 1_000)
    }

    static func nowInMicroseconds() -> Int64 {
        clinux_clock_nanoseconds(CLOCK_REALTIME) / 1_000
    }

    /// The time after that duration, rounded up to the next millisecond.
    public func advanced(by duration: Duration) -> Timestamp {
        let nanoseconds = duration.nanoseconds
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return Timestamp(milliseconds: milliseconds + whole + (rest > 0 ? 1 : 0))
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// ISO 8601 in UTC, as in `2026-01-31T23:59:59.999Z`.
    public var iso8601: String {
        var seconds = Int(milliseconds / 1_000)
        var fraction = milliseconds % 1_000
        if fraction < 0 {
            fraction += 1_000
            seconds -= 1
        }
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return digits(Int(parts.tm_year) + 1_900, 4) + "-" + digits(Int(parts.tm_mon) + 1, 2) + "-"
            + digits(Int(parts.tm_mday), 2) + "T" + digits(Int(parts.tm_hour), 2) + ":" + digits(Int(parts.tm_min), 2)
            + ":" + digits(Int(parts.tm_sec), 2) + "." + digits(Int(fraction), 3) + "Z"
    }

    private func digits(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
