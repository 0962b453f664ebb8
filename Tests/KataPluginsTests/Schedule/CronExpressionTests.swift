import Kata
import Testing

@testable import KataPlugins

@Suite("A cron expression")
struct CronExpressionTests {
    @Test(
        "has five fields",
        arguments: ["", "*", "* * * *", "* * * * * *", "@", "@reboot", "@every 5m", "@daily 5"])
    func count(text: String) {
        let count = text.split(separator: " ").count
        let fault = #expect(throws: CronFault.self) { try CronExpression(text) }
        #expect(
            fault?.description == "has \(count) fields, expected minute, hour, day, month and weekday")
    }

    @Test(
        "takes short forms, in any case",
        arguments: [
            ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"), ("@weekly", "0 0 * * sun"),
            ("@monthly", "0 0 1 * *"), ("@yearly", "0 0 1 jan *"), ("@annually", "0 0 1 1 *"),
        ])
    func shorthands(short: String, long: String) throws {
        #expect(
            try CronExpression(short) == CronExpression(long.replacing("sun", with: "0").replacing("jan", with: "1")))
        #expect(try CronExpression(short.uppercased()) == CronExpression(short))
    }

    @Test("takes any white space between its fields")
    func whiteSpace() throws {
        #expect(try CronExpression(" 1\t2  3 4   5 ") == CronExpression("1 2 3 4 5"))
    }

    @Test("has Sunday as 0 and as 7")
    func sunday() throws {
        for text in ["0", "7", "sun", "6-7/1"] {
            let next = try CronExpression("0 0 * * \(text)").next(after: .at("2026-01-31T12:00:00Z"), in: .utc)
            #expect(next == .at("2026-02-01T00:00:00Z"), "\(text)")
        }
    }

    @Test(
        "comes on either day if both are restricted, and else on what fits both",
        arguments: [
            // The 13th of February 2026 is a Friday, the 6th before it as well.
            ("0 0 13 * fri", "2026-02-06T00:00:00Z"), ("0 0 13 * *", "2026-02-13T00:00:00Z"),
            ("0 0 * * fri", "2026-02-06T00:00:00Z"), ("0 0 */12 * fri", "2026-02-13T00:00:00Z"),
            ("0 0 14 * */6", "2026-02-14T00:00:00Z"),
        ])
    func days(text: String, expected: String) throws {
        let next = try CronExpression(text).next(after: .at("2026-02-01T12:00:00Z"), in: .utc)
        #expect(next == .at(expected))
    }

    @Test("comes after the time that is given, never at it, and at the minute's beginning")
    func after() throws {
        let expression = try CronExpression("30 3 * * *")
        let due = Timestamp.at("2026-03-01T03:30:00Z")
        let before = Timestamp(milliseconds: due.milliseconds - 1)
        #expect(expression.next(after: before, in: .utc) == due)
        #expect(expression.next(after: due, in: .utc) == .at("2026-03-02T03:30:00Z"))
        let old = Timestamp.at("1969-12-31T03:30:00.001Z")
        #expect(expression.next(after: old, in: .utc) == .at("1970-01-01T03:30:00Z"))
    }

    @Test("comes on leap days, even with eight years between them")
    func leapDays() throws {
        let expression = try CronExpression("0 0 29 2 *")
        #expect(expression.next(after: .at("2024-02-29T00:00:00Z"), in: .utc) == .at("2028-02-29T00:00:00Z"))
        #expect(expression.next(after: .at("2096-02-29T00:00:00Z"), in: .utc) == .at("2104-02-29T00:00:00Z"))
    }

    @Test("never comes on days that there are not", arguments: ["30 2", "31 4", "31 jun", "31 9,11", "30-31 feb"])
    func never(text: String) throws {
        #expect(try CronExpression("0 0 \(text) *").next(after: .at("2026-01-01T00:00:00Z"), in: .utc) == nil)
    }
}
