/// That a part of the daemon has something to do and does not get on.
public struct ProgressStall: Hashable, Sendable {
    /// Which part, for people, such as `recorder`, `event loop` or `pipeline 'orders'`.
    public let part: String
    /// When it was seen to get on for the last time.
    public let since: Timestamp
    /// What is to be done, for people; `nil` if there is no more to say than that the part does not answer.
    public let waiting: String?

    /// Makes one.
    public init(part: String, since: Timestamp, waiting: String? = nil) {
        self.part = part
        self.since = since
        self.waiting = waiting
    }
}
