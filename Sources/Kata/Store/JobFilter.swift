/// Which jobs to read.
public struct JobFilter: Hashable, Sendable {
    /// `nil` means every pipeline.
    public var pipeline: String?
    /// `nil` means every state.
    public var state: JobState?

    public init(pipeline: String? = nil, state: JobState? = nil) {
        self.pipeline = pipeline
        self.state = state
    }
}
