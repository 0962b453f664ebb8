import Foundation
import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

@Suite("Cron expressions in time zones")
struct CronZoneTests {
    static let zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]

    @Test("come when each minute that is looked at says so, near changes of the clock too", arguments: zones)
    func oracle(name: String) throws {
        var generator = SeededGenerator(seed: 7)
        let zone = try #require(TimeZone(identifier: name))
        let localTime = try #require(LocalTime(zone: name))
        var found = 0
        for round in 0..<40 {
            let oracle = CronOracle(using: &generator)
            let expression = try CronExpression(oracle.text)
            let start = try start(round, in: zone, using: &generator)
            let end = start + 2 * 1_440
            var expected = oracle.times(from: start + 1, to: end, in: zone)[...]
            var last = Timestamp(milliseconds: Int64(start) * 60_000)
            for _ in 0..<8 {
                let next = expression.next(after: last, in: localTime)
                guard let minute = expected.popFirst() else {
                    let isLater = next.map { $0.milliseconds >= Int64(end) * 60_000 } ?? true
                    try #require(isLater, "'\(oracle)' in \(name) after \(last.iso8601)")
                    break
                }
                let time = Timestamp(milliseconds: Int64(minute) * 60_000)
                try #require(next == time, "'\(oracle)' in \(name) after \(last.iso8601)")
                last = time
                found += 1
            }
        }
        #expect(found > 20, "there was something to see")
    }

    /// A minute a day before a change of the clock, or any other one.
    private func start(_ round: Int, in zone: TimeZone, using generator: inout SeededGenerator) throws -> Int {
        let minute = Int.random(in: 26_000_000..<33_000_000, using: &generator)
        guard round % 4 != 0,
            let change = zone.nextDaylightSavingTimeTransition(
                after: Date(timeIntervalSince1970: Double(minute) * 60))
        else { return minute }
        return Int(change.timeIntervalSince1970) / 60 - Int.random(in: 0..<1_440, using: &generator)
    }

    @Test(
        "come once, as much later, at a time of day that is left out",
        arguments: [
            ("Europe/Berlin", "30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"),
            ("America/New_York", "0 2 * * *", "2026-03-07T12:00:00Z", "2026-03-08T07:00:00Z"),
            ("Australia/Lord_Howe", "15 2 * * *", "2026-10-03T00:00:00Z", "2026-10-03T15:45:00Z"),
        ])
    func gap(zone: String, text: String, start: String, due: String) throws {
        try checkDaily(zone, text, from: start, due: due)
    }

    @Test(
        "come once, the first time, at a time of day that there is twice",
        arguments: [
            ("Europe/Berlin", "30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),
            ("America/New_York", "0 1 * * *", "2026-10-31T12:00:00Z", "2026-11-01T05:00:00Z"),
            ("Australia/Lord_Howe", "45 1 * * *", "2026-04-04T00:00:00Z", "2026-04-04T14:45:00Z"),
        ])
    func repeated(zone: String, text: String, start: String, due: String) throws {
        try checkDaily(zone, text, from: start, due: due)
    }

    /// Checks that an expression comes at a time and then not before the next day.
    private func checkDaily(_ zone: String, _ text: String, from start: String, due: String) throws {
        let expression = try CronExpression(text)
        let localTime = try #require(LocalTime(zone: zone))
        #expect(expression.next(after: .at(start), in: localTime) == .at(due))
        let second = try #require(expression.next(after: .at(due), in: localTime))
        let hours = Double(second.milliseconds - Timestamp.at(due).milliseconds) / 3_600_000
        #expect((22.5...25).contains(hours), "\(hours)")
    }

    @Test(
        "come every hour if they are to, whatever the clock does",
        arguments: [("Europe/Berlin", "2026-03-28T20:00:00Z"), ("Europe/Berlin", "2026-10-24T20:00:00Z")])
    func hourly(zone: String, start: String) throws {
        let expression = try CronExpression("@hourly")
        let localTime = try #require(LocalTime(zone: zone))
        var last = Timestamp.at(start)
        for _ in 0..<12 {
            let next = try #require(expression.next(after: last, in: localTime))
            #expect(next.milliseconds - last.milliseconds == 3_600_000)
            last = next
        }
    }
}
