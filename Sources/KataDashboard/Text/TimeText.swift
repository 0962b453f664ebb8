import Foundation
import Kata

/// A time as a page shows it: in the daemon's time zone, and in UTC where the pointer rests.
struct TimeText: Sendable {
    let iso: String
    let title: String
    let text: String

    /// - Parameters:
    ///   - now: of another day than that, the day is shown as well.
    ///   - hasSeconds: whether seconds are shown.
    ///   - hasMilliseconds: whether milliseconds are shown as well.
    init(_ time: Timestamp, at now: Timestamp, hasSeconds: Bool = false, hasMilliseconds: Bool = false) {
        iso = time.iso8601
        title = time.iso8601.replacing("T", with: " ").replacing("Z", with: " UTC")
        let local = LocalParts(time)
        let day = LocalParts(now).day == local.day ? "" : "\(local.day) "
        var clock = local.minutes
        if hasSeconds || hasMilliseconds { clock += local.seconds }
        if hasMilliseconds { clock += "." + String(1_000 + time.milliseconds % 1_000).dropFirst() }
        text = day + clock
    }
}

/// A time in the daemon's time zone, in parts.
private struct LocalParts {
    /// Such as `2026-03-14`.
    let day: String
    /// Such as `12:03`.
    let minutes: String
    /// Such as `:04`.
    let seconds: String

    init(_ time: Timestamp) {
        var seconds = time_t(time.milliseconds / 1_000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { String(100 + number % 100).suffix(2).description }
        day = "\(1_900 + Int(parts.tm_year))-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        minutes = "\(two(parts.tm_hour)):\(two(parts.tm_min))"
        self.seconds = ":\(two(parts.tm_sec))"
    }
}
