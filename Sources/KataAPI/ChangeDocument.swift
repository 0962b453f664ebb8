/// What a request to cancel or retry jobs answers.
public struct ChangeDocument: Codable, Hashable, Sendable {
    /// How many jobs the request changed.
    public let changed: Int

    /// An answer about that many jobs.
    public init(changed: Int) {
        self.changed = changed
    }
}
