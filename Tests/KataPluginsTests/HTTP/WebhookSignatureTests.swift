import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

@Suite("The signature of a webhook")
struct WebhookSignatureTests {
    @Test("is that of the specification's example", arguments: ["whsec_", ""])
    func example(prefix: String) throws {
        let signature = try #require(WebhookSignature(secret: "\(prefix)MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let value = signature.sign(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(
        "needs a key",
        arguments: ["", "whsec_", "whsec_c2hvcnQ=", "not base64!", "whsec_\(String(repeating: "QUFB", count: 30))"])
    func key(secret: String) {
        #expect(WebhookSignature(secret: secret) == nil)
    }
}

@Suite("Retry-After")
struct RetryAfterTests {
    @Test(
        "is a number of seconds or a date, and at most a day",
        arguments: [
            ("0", 0), (" 120 ", 120), ("999999999", 86_400), ("Sun, 01 Feb 2026 00:01:39 GMT", 100),
            ("Sat, 31 Jan 2026 00:00:00 GMT", 0), ("Fri, 31 Dec 2027 23:59:59 GMT", 86_400),
        ])
    func delay(text: String, seconds: Int) throws {
        let now = Timestamp(milliseconds: 1_769_903_999_000)
        #expect(RetryAfter.delay(text, now: now) == .seconds(seconds))
    }

    @Test("is nothing else", arguments: ["", "soon", "-1", "1.5", "2026-02-01T00:00:00Z"])
    func none(text: String) {
        #expect(RetryAfter.delay(text, now: .sampleStart) == nil)
    }
}
