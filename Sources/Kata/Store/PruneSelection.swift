/// Which finished jobs are old enough to be forgotten.
public struct PruneSelection: Hashable, Sendable {
    /// The name of the pipeline that the jobs are part of.
    public let pipeline: String
    /// The final state that the jobs are in.
    public let state: JobState
    /// Only jobs that were finished before this time are selected.
    public let finishedBefore: Timestamp
    /// What else has to hold for the jobs. Groups of failures are not looked at here.
    public let search: JobSearch

    /// Selects jobs of a pipeline by state and age.
    ///
    /// - Precondition: the state is final.
    public init(pipeline: String, state: JobState, finishedBefore: Timestamp, search: JobSearch = JobSearch()) {
        self.search = search
        precondition(state.isFinal, "a job that is not finished can't be pruned")
        self.pipeline = pipeline
        self.state = state
        self.finishedBefore = finishedBefore
    }
}
