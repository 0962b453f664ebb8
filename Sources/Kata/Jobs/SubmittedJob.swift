/// What became of a job that was submitted.
public struct SubmittedJob: Hashable, Sendable {
    /// The id of the job that was added, or of the one that has its unique key.
    public let id: Job.ID
    /// Whether a job with the same unique key was there before, so that nothing was added.
    public var isDuplicate: Bool { state == nil }
    /// The state in which the job was added; `nil` if nothing was added.
    public let state: JobState?

    /// Says of a job how it was added, or which other one stands in its way if `state` is `nil`.
    public init(id: Job.ID, state: JobState?) {
        self.id = id
        self.state = state
    }
}

extension JobCounts {
    /// Counts the jobs that were added.
    init(_ submitted: [SubmittedJob]) {
        self.init()
        for state in submitted.lazy.compactMap(\.state) { self[state] += 1 }
    }
}
