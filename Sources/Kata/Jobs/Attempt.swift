/// An attempt at a job that is over.
public struct Attempt: Hashable, Sendable {
    /// Which one, from 1.
    public let number: Int
    public let consumerID: String
    public let startedAt: Timestamp
    public let finishedAt: Timestamp
    /// Why it failed; `nil` if it did not.
    public let error: String?
    /// What the handler kept of it.
    public let output: String?

    public init(
        number: Int, consumerID: String, startedAt: Timestamp, finishedAt: Timestamp, error: String?,
        output: String? = nil
    ) {
        self.output = output
        self.number = number
        self.consumerID = consumerID
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.error = error
    }
}
