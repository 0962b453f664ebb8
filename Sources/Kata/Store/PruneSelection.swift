/// Which finished jobs are old enough to be forgotten.
public struct PruneSelection: Hashable, Sendable {
    public let pipeline: String
    /// A final state.
    public let state: JobState
    public let finishedBefore: Timestamp

    /// - Precondition: the state is final.
    public init(pipeline: String, state: JobState, finishedBefore: Timestamp) {
        precondition(state.isFinal, "a job that is not finished can't be pruned")
        self.pipeline = pipeline
        self.state = state
        self.finishedBefore = finishedBefore
    }
}
