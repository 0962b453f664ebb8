import Testing

@testable import Kata

@Suite("A rate limit")
struct RateLimitTests {
    @Test(
        "is read from a number and a time",
        arguments: [
            ("1/s", 1, 1), ("10/s", 10, 1), ("100/m", 100, 60), ("1000/h", 1_000, 3_600), ("1000000/s", 1_000_000, 1),
        ])
    func read(text: String, count: Int, seconds: Int) {
        #expect(RateLimit(configuration: text) == RateLimit(count: count, per: .seconds(seconds)))
    }

    @Test(
        "is refused if it is anything else",
        arguments: [
            "", "/", "1", "1/", "/s", "0/s", "-1/s", "1000001/s", "1.5/s", "1/d", "1/S", "1/s/s", "1 /s", "1/ s", "x/s",
            "1/sec", "99999999999999999999/s",
        ])
    func refused(text: String) {
        #expect(RateLimit(configuration: text) == nil)
    }

    @Test("spaces what it allows evenly")
    func interval() {
        #expect(RateLimit(count: 10, per: .seconds(1)).interval == .milliseconds(100))
        #expect(RateLimit(count: 100, per: .seconds(60)).interval == .milliseconds(600))
        #expect(RateLimit(count: 1_000_000, per: .seconds(1)).interval == .microseconds(1))
    }
}
