import Glibc
import Kata

/// Times for people: of the zone that the process is in, or of UTC. Each is one that `--at` takes.
struct TimeText {
    let isUTC: Bool

    /// A time such as `2026-01-31 12:00:00+01:00`.
    ///
    /// - Parameters:
    ///   - iso8601: as documents have it; what can't be read stays as it is.
    ///   - milliseconds: whether the time is told so exactly.
    func text(_ iso8601: String, milliseconds: Bool = false) -> String {
        guard let time = Timestamp(iso8601: iso8601) else { return iso8601 }
        let offset = offset(at: time)
        let local = shifted(time, by: offset)
        let parts = local.dropLast().split(separator: "T")
        let clock = milliseconds ? parts[1] : parts[1].prefix(8)
        return "\(parts[0]) \(clock)\(zone(offset))"
    }

    /// A time without its zone, and without its date if that is today: `12:00:00`, or `2026-01-31 12:00`.
    func shortText(_ iso8601: String, now: Timestamp) -> String {
        guard let time = Timestamp(iso8601: iso8601) else { return iso8601 }
        let parts = shifted(time, by: offset(at: time)).split(separator: "T")
        let today = shifted(now, by: offset(at: now)).prefix(10)
        return parts[0] == today ? String(parts[1].prefix(8)) : "\(parts[0]) \(parts[1].prefix(5))"
    }

    /// A sentence of the daemon, which has times in UTC, with these times for people.
    func replacingTimes(in sentence: String) -> String {
        sentence.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) { text(String($0.output)) }
    }

    /// In seconds east of Greenwich.
    private func offset(at time: Timestamp) -> Int {
        if isUTC { return 0 }
        var seconds = time_t(time.milliseconds / 1_000)
        var parts = tm()
        return localtime_r(&seconds, &parts) == nil ? 0 : Int(parts.tm_gmtoff)
    }

    private func shifted(_ time: Timestamp, by offset: Int) -> String {
        time.advanced(by: .seconds(offset)).iso8601
    }

    private func zone(_ offset: Int) -> String {
        if offset == 0 { return "Z" }
        let minutes = abs(offset) / 60
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(offset < 0 ? "-" : "+")\(digits(minutes / 60)):\(digits(minutes % 60))"
    }
}
