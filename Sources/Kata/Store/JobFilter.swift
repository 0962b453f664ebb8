/// Which jobs to read: those that both conditions hold for.
public struct JobFilter: Hashable, Sendable {
    /// `nil` means every pipeline.
    public var pipeline: String?
    /// `nil` means every state.
    public var state: JobState?

    /// Selects every job, unless it is told less.
    public init(pipeline: String? = nil, state: JobState? = nil) {
        self.pipeline = pipeline
        self.state = state
    }
}
