import Foundation
import Kata
import KataTestSupport

@testable import KataPlugins

extension Timestamp {
    /// A time that a test writes out.
    static func at(_ text: String) -> Timestamp {
        guard let time = Timestamp(iso8601: text) else { preconditionFailure("'\(text)' is no time") }
        return time
    }
}

/// Says when a cron expression comes by going from minute to minute, with the sets that its text was made from: it shares
/// nothing with what it is to check but the calendar.
struct CronOracle: CustomStringConvertible {
    private struct Field {
        var text = "*"
        var values: Set<Int>
        var isRestricted = false
    }

    private let fields: [Field]
    var text: String { fields.map(\.text).joined(separator: " ") }
    var description: String { text }

    /// A random one.
    init(using generator: inout SeededGenerator) {
        fields = [0...59, 0...23, 1...31, 1...12, 0...6].enumerated().map { index, range in
            // Months and days are mostly free, so that there is something to see near a change of the clock.
            Self.field(range, freedom: index < 2 ? 3 : 7, using: &generator)
        }
    }

    private static func field(
        _ range: ClosedRange<Int>, freedom: Int, using generator: inout SeededGenerator
    ) -> Field {
        var field = Field(values: Set(range))
        if Int.random(in: 0..<10, using: &generator) < freedom { return field }
        let first = Int.random(in: range, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0:
            let step = Int.random(in: 1...range.upperBound, using: &generator)
            // A weekday's range has a second Sunday, 7.
            let last = range == 0...6 ? 7 : range.upperBound
            field.values = Set(
                stride(from: range.lowerBound, through: last, by: step).map { range == 0...6 ? $0 % 7 : $0 })
            field.text = "*/\(step)"
            return field
        case 1:
            let last = Int.random(in: first...range.upperBound, using: &generator)
            field.values = Set(first...last)
            field.text = "\(first)-\(last)"
        case 2:
            let second = Int.random(in: range, using: &generator)
            field.values = [first, second]
            field.text = "\(first),\(second)"
        default:
            field.values = [first]
            field.text = "\(first)"
        }
        field.isRestricted = true
        return field
    }

    /// The first times from one on, in whole minutes, and before another one.
    func times(from start: Int, to end: Int, in zone: TimeZone) -> [Int] {
        var times: [Int] = []
        // For a change before the first minute.
        var offset = Self.offset(start - 180, zone)
        var changed: (at: Int, by: Int)?
        for minute in (start - 180)..<end {
            let now = Self.offset(minute, zone)
            if now != offset { changed = (minute, now - offset) }
            offset = now
            if minute < start { continue }
            var isDue = matches(minute + now)
            if let changed {
                let age = minute - changed.at
                // It shows these times for the second time.
                if changed.by < 0 && age < -changed.by && fields[1].isRestricted { isDue = false }
                // That is when the times that were left out are made up for.
                if changed.by > 0 && age < changed.by && matches(minute + now - changed.by) { isDue = true }
            }
            if isDue { times.append(minute) }
        }
        return times
    }

    private static func offset(_ minute: Int, _ zone: TimeZone) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(minute) * 60)) / 60
    }

    private func matches(_ localMinute: Int) -> Bool {
        let date = CivilDate(daysSinceEpoch: localMinute / 1_440)
        guard fields[0].values.contains(localMinute % 60), fields[1].values.contains(localMinute / 60 % 24),
            fields[3].values.contains(date.month)
        else { return false }
        let (day, weekday) = (fields[2].values.contains(date.day), fields[4].values.contains(date.weekday))
        return fields[2].isRestricted && fields[4].isRestricted ? day || weekday : day && weekday
    }
}
