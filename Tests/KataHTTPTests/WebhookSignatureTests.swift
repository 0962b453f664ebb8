import Testing

@testable import KataHTTP

@Suite("The signature of a webhook")
struct WebhookSignatureTests {
    @Test("is that of the specification's example")
    func example() throws {
        let signature = try #require(WebhookSignature(key: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let value = signature.sign(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("needs a key in base64")
    func key() {
        #expect(WebhookSignature(key: "not base64!") == nil)
    }
}
