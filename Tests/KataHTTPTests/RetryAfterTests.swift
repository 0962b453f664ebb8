import Kata
import Testing

@testable import KataHTTP

@Suite("Retry-After")
struct RetryAfterTests {
    /// 2026-01-31T23:59:59Z
    private let now = Timestamp(milliseconds: 1_769_903_999_000)

    @Test(
        "is a number of seconds, and at most a day",
        arguments: [
            ("0", 0), (" 120 ", 120), ("\t7", 7), ("0000000000000000000000060", 60), ("86401", 86_400),
            ("999999999", 86_400), ("99999999999999999999999999", 86_400),
        ])
    func seconds(text: String, seconds: Int) {
        #expect(RetryAfter.delay(text, now: now) == .seconds(seconds))
    }

    @Test(
        "is a date, and at most a day",
        arguments: [
            ("Sun, 01 Feb 2026 00:01:39 GMT", 100), ("Sat, 31 Jan 2026 23:59:60 GMT", 1),
            ("Sat, 31 Jan 2026 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
            ("Fri, 31 Dec 2027 23:59:59 GMT", 86_400), ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
            ("Sat, 01 Jan 0000 00:00:00 GMT", 0), (" Mon, 01 Feb 2026 00:00:00 GMT ", 1),
        ])
    func date(text: String, seconds: Int) {
        #expect(RetryAfter.delay(text, now: now) == .seconds(seconds))
    }

    @Test("knows leap days")
    func leapDay() {
        let now = Timestamp(milliseconds: 1_835_395_200_000)  // 2028-02-29T00:00:00Z
        #expect(RetryAfter.delay("Tue, 29 Feb 2028 00:00:09 GMT", now: now) == .seconds(9))
        #expect(RetryAfter.delay("Mon, 29 Feb 2027 00:00:09 GMT", now: now) == nil)
    }

    @Test(
        "is nothing else",
        arguments: [
            "", " ", "soon", "-1", "+1", "1.5", "١٢", "2026-02-01T00:00:00Z", "Sun, 01 Feb 2026 00:01:39 CET",
            "Sun, 31 Feb 2026 00:00:00 GMT", "Sun, 00 Feb 2026 00:00:00 GMT", "Sun, 01 feb 2026 00:00:00 GMT",
            "Sun, 01 Feb 2026 24:00:00 GMT", "Sun, 01 Feb 2026 00:60:00 GMT", "Sun, 01 Feb 2026 00:00:61 GMT",
            "Sun, 01 Feb 2026 00:00 GMT", "Sun, 1 Feb 2026 00:00:00 GMT", "Sun, 01 Feb 26 00:00:00 GMT",
            "Sun,01 Feb 2026 00:00:00 GMT", "Sun, 01  Feb 2026 00:00:00 GMT", "Xyz, 01 Feb 2026 00:00:00 GMT",
            "Sunday, 01-Feb-26 00:00:00 GMT", "Sun Feb  1 00:00:00 2026",
        ])
    func none(text: String) {
        #expect(RetryAfter.delay(text, now: now) == nil)
    }
}
