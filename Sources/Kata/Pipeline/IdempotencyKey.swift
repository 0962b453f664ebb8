/// A name for a request, so that it can be sent again without being done again.
public struct IdempotencyKey: Hashable, Sendable {
    /// The name, 1 to ``NewJob/keyLimit`` bytes of UTF-8. It stands for one request within a pipeline.
    public let text: String
    /// A hash of the request's content. It tells the same request from another one under the same name.
    public let fingerprint: Int64
    /// How long a key is kept after its first request.
    static let lifetime = Duration.seconds(24 * 3_600)

    /// - Parameters:
    ///   - text: the name, 1 to ``NewJob/keyLimit`` bytes of UTF-8.
    ///   - fingerprint: a hash of the request's content.
    public init(_ text: String, fingerprint: Int64) {
        self.text = text
        self.fingerprint = fingerprint
    }
}
