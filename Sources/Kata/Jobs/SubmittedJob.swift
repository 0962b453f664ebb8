/// What became of a job that was submitted.
public struct SubmittedJob: Hashable, Sendable {
    public let id: Job.ID
    /// Whether it was there before, under the same unique key; nothing was added then.
    public var isDuplicate: Bool { state == nil }
    /// The state in which it was added; `nil` if it was there before.
    public let state: JobState?

    public init(id: Job.ID, state: JobState?) {
        self.id = id
        self.state = state
    }
}
