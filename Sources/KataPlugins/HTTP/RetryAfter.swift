import Foundation
import Kata

/// The header `Retry-After`: a number of seconds, or a date.
enum RetryAfter {
    /// Nobody is kept waiting for longer.
    static let limit = Duration.seconds(24 * 3_600)

    /// How long to wait; `nil` if the text says neither.
    static func delay(_ text: String, now: Timestamp) -> Duration? {
        let text = text.trimmingCharacters(in: .whitespaces)
        if let seconds = Int64(text) { return seconds < 0 ? nil : min(.seconds(seconds), limit) }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        guard let date = formatter.date(from: text) else { return nil }
        let wait = Int64(date.timeIntervalSince1970 * 1_000) - now.milliseconds
        return min(.milliseconds(max(0, wait)), limit)
    }
}
