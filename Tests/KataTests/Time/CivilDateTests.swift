import Foundation
import Testing

@testable import Kata

@Suite("A civil date")
struct CivilDateTests {
    @Test("is that of Foundation's Gregorian calendar on each day of 400 years")
    func fourHundredYears() throws {
        // An era: after 146 097 days the calendar repeats, weekdays and all. Foundation is asked for the first of each
        // month only, because it is slow; in between, days follow each other.
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        var month = try #require(calendar.date(from: DateComponents(year: 1800, month: 1, day: 1)))
        for _ in 0..<(12 * 400) {
            let next = try #require(calendar.date(byAdding: .month, value: 1, to: month))
            let first = Int(month.timeIntervalSince1970 / 86_400)
            let length = Int(next.timeIntervalSince1970 / 86_400) - first
            let expected = calendar.dateComponents([.month, .weekday], from: month)
            let weekday = try #require(expected.weekday) - 1
            let days = (0..<length).map { CivilDate(daysSinceEpoch: first + $0) }
            try #require(days.map(\.day) == Array(1...length), "\(month)")
            try #require(days.allSatisfy { $0.month == expected.month }, "\(month)")
            try #require(days.map(\.weekday) == (0..<length).map { (weekday + $0) % 7 }, "\(month)")
            month = next
        }
        #expect(calendar.component(.year, from: month) == 2200)
    }

    @Test(
        "knows the days on which calendars go wrong",
        arguments: [
            (0, 1, 1, 4), (-1, 12, 31, 3), (11_016, 2, 29, 2), (11_017, 3, 1, 3), (19_782, 2, 29, 4),
            (47_540, 2, 28, 0), (47_541, 3, 1, 1),
        ])
    func odd(days: Int, month: Int, day: Int, weekday: Int) {
        let date = CivilDate(daysSinceEpoch: days)
        #expect(date.month == month && date.day == day && date.weekday == weekday)
    }
}
