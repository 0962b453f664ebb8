import Testing

@testable import KataPlugins

@Suite("The secret of a webhook")
struct WebhookSecretTests {
    @Test("is a key in base64, with the prefix or without", arguments: ["whsec_", ""])
    func prefix(prefix: String) {
        #expect(WebhookSecret("\(prefix)MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?.key == "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    }

    @Test(
        "needs a key of 24 to 64 bytes",
        arguments: ["", "whsec_", "whsec_c2hvcnQ=", "not base64!", "whsec_\(String(repeating: "QUFB", count: 30))"])
    func key(secret: String) {
        #expect(WebhookSecret(secret) == nil)
    }
}
