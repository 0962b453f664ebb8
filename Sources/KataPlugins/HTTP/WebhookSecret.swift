import Foundation

/// The secret that requests are signed with, as Standard Webhooks writes it.
struct WebhookSecret: Hashable, Sendable {
    /// What such a secret begins with.
    static let prefix = "whsec_"
    /// The key in base64.
    let key: String

    /// - Parameter text: `whsec_` and the key in base64, 24 to 64 bytes; the prefix may be missing. `nil` if it is none.
    init?(_ text: String) {
        let key = text.hasPrefix(Self.prefix) ? String(text.dropFirst(Self.prefix.count)) : text
        guard let bytes = Data(base64Encoded: key), (24...64).contains(bytes.count) else { return nil }
        self.key = key
    }
}
