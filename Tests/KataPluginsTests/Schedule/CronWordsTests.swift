import Kata
import Testing

@testable import KataPlugins

@Suite("A cron expression in words")
struct CronWordsTests {
    @Test(
        "says when it comes",
        arguments: [
            ("* * * * *", "every minute"), ("*/15 * * * *", "every 15 minutes"),
            ("0 * * * *", "at minute 0 of every hour"), ("5,35 * * * *", "at minute 5 and 35 of every hour"),
            ("30 3 * * mon-fri", "at 03:30 on Monday to Friday"), ("@daily", "at 00:00"),
            ("0 9,17 * * *", "at 09:00 and 17:00"), ("0 */2 * * *", "every 2 hours"),
            ("*/10 8-17 * * *", "every 10 minutes during the hours 08 to 17"),
            ("0 0 1,15 * *", "at 00:00 on day 1 and 15 of the month"), ("@weekly", "at 00:00 on Sunday"),
            ("@yearly", "at 00:00 on day 1 of the month in January"),
            ("0 0 13 * fri", "at 00:00 on day 13 of the month or on Friday"),
            ("0 0 */12 * fri", "at 00:00 on Friday if it is day 1, 13 and 25 of the month"),
            ("0 0 * jun-aug *", "at 00:00 every day in June to August"),
            ("0 4 * * fri-sun", "at 04:00 on Friday to Sunday"),
        ])
    func words(text: String, expected: String) throws {
        #expect(try CronExpression(text).words == expected)
    }

    @Test(
        "of another kind says how often",
        arguments: [
            (90 * 60, "every 90 minutes"), (3_600, "every hour"), (1, "every second"), (172_800, "every 2 days"),
        ])
    func every(seconds: Int64, expected: String) {
        #expect(Recurrence.every(milliseconds: seconds * 1_000).words == expected)
    }

    @Test("has times with their offsets from UTC, also where the clock is changed")
    func offsets() throws {
        let zone = try #require(LocalTime(zone: "Europe/Berlin"))
        let recurrence = Recurrence.cron(try CronExpression("30 2 * * *"), zone)
        let times = recurrence.texts(after: .at("2026-03-27T12:00:00Z"), limit: 3)
        #expect(times == ["2026-03-28T02:30:00+01:00", "2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00"])
        #expect(
            Recurrence.every(milliseconds: 3_600_000).texts(after: .at("2026-03-27T12:00:00Z"), limit: 1) == [
                "2026-03-27T13:00:00+00:00"
            ])
        #expect(recurrence.words == "at 02:30, Europe/Berlin")
    }
}
