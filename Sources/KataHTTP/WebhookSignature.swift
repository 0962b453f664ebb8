import Crypto
import Foundation

/// Signs requests in the form of Standard Webhooks, so that a receiver knows who sent them.
struct WebhookSignature: Sendable {
    private let key: SymmetricKey

    /// - Parameter key: in base64; `nil` if it is not.
    init?(key: String) {
        guard let bytes = Data(base64Encoded: key) else { return nil }
        self.key = SymmetricKey(data: bytes)
    }

    /// The value of `webhook-signature`.
    ///
    /// - Parameter timestamp: in seconds since 1970.
    func sign(id: String, timestamp: Int64, body: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Array("\(id).\(timestamp).".utf8))
        code.update(data: body)
        return "v1,\(Data(code.finalize()).base64EncodedString())"
    }
}
