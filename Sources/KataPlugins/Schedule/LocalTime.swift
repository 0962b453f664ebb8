import Foundation
import Kata

/// The local time of a time zone: turns what its clocks show into points in time, and back.
struct LocalTime: Sendable {
    private let zone: TimeZone
    /// Such as `Europe/Berlin`, or `UTC`.
    let name: String

    static let utc = LocalTime(zone: .gmt)

    /// - Parameter name: such as `Europe/Berlin`; `nil` if there is no such zone.
    init?(zone name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
        self.name = name
    }

    private init(zone: TimeZone) {
        self.zone = zone
        name = "UTC"
    }

    /// The local day of a point in time, counted from 1970-01-01.
    func localDay(of time: Timestamp) -> Int {
        let seconds = Int((Double(time.milliseconds) / 1_000).rounded(.down))
        return Int((Double(seconds + offset(at: seconds)) / 86_400).rounded(.down))
    }

    /// When the local clock shows a time: mostly once, at a change back twice, at a change forward never, and then it is
    /// taken for the time that it would be without that change.
    ///
    /// - Parameter localSeconds: since 1970-01-01T00:00:00 local time.
    func instants(localSeconds: Int) -> [Timestamp] {
        let before = offset(at: localSeconds - 86_400)
        let after = offset(at: localSeconds + 86_400)
        let instants = Set([before, after]).map { localSeconds - $0 }.filter { $0 + offset(at: $0) == localSeconds }
        return (instants.isEmpty ? [localSeconds - before] : instants.sorted())
            .map { Timestamp(milliseconds: Int64($0) * 1_000) }
    }

    /// A point in time as the local clock shows it, with its offset from UTC, such as `2026-01-31T12:00:00+01:00`. To the
    /// second.
    func iso8601(_ time: Timestamp) -> String {
        let offset = offset(at: Int((Double(time.milliseconds) / 1_000).rounded(.down)))
        let local = time.advanced(by: .seconds(offset)).iso8601.dropLast(5)
        let minutes = abs(offset) / 60
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(local)\(offset < 0 ? "-" : "+")\(digits(minutes / 60)):\(digits(minutes % 60))"
    }

    private func offset(at seconds: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
    }
}
