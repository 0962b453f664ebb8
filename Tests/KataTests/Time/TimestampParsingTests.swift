import KataTestSupport
import Testing

@testable import Kata

@Suite("Times read from ISO 8601")
struct TimestampParsingTests {
    /// 2026-01-31T12:00:00Z
    private static let noon: Int64 = 1_769_860_800_000

    @Test(
        "may leave out seconds, and have up to nine places of them",
        arguments: [
            ("12:00Z", 0), ("12:00:00Z", 0), ("12:00:59Z", 59_000), ("12:00:00.5Z", 500), ("12:00:00.05Z", 50),
            ("12:00:00.005Z", 5), ("12:00:00.0005Z", 0), ("12:00:00.9999Z", 999), ("12:00:00.999999999Z", 999),
            ("12:00:00.000000000Z", 0), ("12:59:59.999Z", 3_599_999), ("00:00Z", -43_200_000),
            ("23:59:59.999Z", 43_199_999),
        ] as [(String, Int64)])
    func times(text: String, offset: Int64) {
        #expect(Timestamp(iso8601: "2026-01-31T" + text)?.milliseconds == Self.noon + offset)
    }

    @Test(
        "are of any zone",
        arguments: [
            ("12:00Z", 0), ("12:00z", 0), ("12:00+00:00", 0), ("12:00-00:00", 0), ("12:00+0000", 0),
            ("13:00+01:00", 0), ("13:00+0100", 0), ("11:00-01:00", 0), ("17:30+05:30", 0),
            ("12:00:00.5+14:00", -50_399_500),
            ("12:00-12:00", 43_200_000), ("12:00+23:59", -86_340_000), ("12:00-23:59", 86_340_000),
        ] as [(String, Int64)])
    func zones(text: String, offset: Int64) {
        #expect(Timestamp(iso8601: "2026-01-31T" + text)?.milliseconds == Self.noon + offset)
    }

    @Test("have a T between date and time, small or large, or a space", arguments: ["T", "t", " "])
    func separators(separator: String) {
        #expect(Timestamp(iso8601: "2026-01-31\(separator)12:00Z")?.milliseconds == Self.noon)
    }

    @Test(
        "know the leap years",
        arguments: [
            ("2024-02-29", true), ("2023-02-29", false), ("2000-02-29", true), ("1900-02-29", false),
            ("2100-02-29", false), ("2400-02-29", true), ("0000-02-29", true), ("2024-02-30", false),
        ])
    func leapYears(date: String, exists: Bool) {
        #expect((Timestamp(iso8601: date + "T00:00Z") != nil) == exists)
    }

    @Test("know the days of each month", arguments: zip(1...12, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]))
    func months(month: Int, days: Int) {
        let prefix = "2026-\(month < 10 ? "0" : "")\(month)-"
        for day in 1...31 {
            let date = prefix + (day < 10 ? "0" : "") + "\(day)"
            #expect((Timestamp(iso8601: date + "T00:00Z") != nil) == (day <= days), "\(date)")
        }
    }

    @Test(
        "are nothing else",
        arguments: [
            "", " ", "Z", "now", "2026", "2026-01-31", "2026-01-31T", "2026-01-31T12", "2026-01-31T12Z",
            "2026-01-31T12:00", "2026-01-31T12:00:00", "2026-01-31T12:00:00.5", "12:00Z", "20260131T120000Z",
            "26-01-31T12:00Z", "12026-01-31T12:00Z", "-2026-01-31T12:00Z", "+2026-01-31T12:00Z", "2026-1-31T12:00Z",
            "2026-01-3T12:00Z", "2026-00-31T12:00Z", "2026-13-31T12:00Z", "2026-01-00T12:00Z", "2026-01-32T12:00Z",
            "2026-01-31T24:00Z", "2026-01-31T12:60Z", "2026-01-31T12:00:60Z", "2026-01-31T1:00Z",
            "2026-01-31T12:0Z", "2026-01-31T12:00:0Z", "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00,5Z",
            "2026-01-31T12:00:00.1234567890Z", "2026-01-31T12:00.5Z", "2026-01-31T12:00:Z", "2026-01-31T-1:00Z",
            "2026-01-31T12:00+1", "2026-01-31T12:00+01", "2026-01-31T12:00+01:", "2026-01-31T12:00+01:0",
            "2026-01-31T12:00+24:00", "2026-01-31T12:00+01:60", "2026-01-31T12:00+01:00:00", "2026-01-31T12:00 Z",
            "2026-01-31T12:00ZZ", "2026-01-31T12:00Z ", " 2026-01-31T12:00Z", "2026-01-31T12:00Z\n",
            "2026-01-31  12:00Z", "2026-01-31_12:00Z", "2026/01/31T12:00Z", "2026-01-31T12-00Z", "2026-01-31T12:00UTC",
            "2026-W05-6T12:00Z", "2026-031T12:00Z", "٢٠٢٦-01-31T12:00Z", "2026-01-31T12:00\u{2212}01:00",
            "2026-01-31T12:00Z\u{0}", "1769860800", "2026-01-31T1e:00Z", "2026-01-31T12:00é",
        ])
    func invalid(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test("are what they were written as", arguments: 1...4)
    func roundTrip(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let years: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999
        for _ in 0..<5_000 {
            let time = Timestamp(milliseconds: Int64.random(in: years, using: &generator))
            #expect(Timestamp(iso8601: time.iso8601) == time, "\(time.iso8601)")
        }
    }

    @Test("are what they were written as, on each day of 400 years and at both ends of time")
    func eachDay() {
        let day: Int64 = 86_400_000
        for number in 0...146_097 as ClosedRange<Int64> {
            let time = Timestamp(milliseconds: (number - 73_000) * day - 1)
            if Timestamp(iso8601: time.iso8601) != time { Issue.record("\(time.iso8601)") }
        }
        for milliseconds in [-62_167_219_200_000, 253_402_300_799_999] as [Int64] {
            let time = Timestamp(milliseconds: milliseconds)
            #expect(Timestamp(iso8601: time.iso8601) == time)
        }
    }

    @Test("are rounded up to the next millisecond when a duration is added")
    func advanced() {
        let start = Timestamp(milliseconds: 1_000)
        let durations: [(Duration, Int64)] = [
            (.zero, 1_000), (.nanoseconds(1), 1_001), (.milliseconds(1), 1_001), (.microseconds(1_001), 1_002),
            (.seconds(-1), 0), (.milliseconds(-1), 999),
        ]
        for (duration, milliseconds) in durations {
            #expect(start.advanced(by: duration).milliseconds == milliseconds, "\(duration)")
        }
    }
}
