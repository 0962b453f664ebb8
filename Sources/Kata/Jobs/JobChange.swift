/// A job's change of state other than by an attempt at it: somebody asked for it, or the end of another job brought it
/// about.
public struct JobChange: Hashable, Sendable {
    /// The job that changed.
    public let job: Job.ID
    /// The attempt that the job is at after the change, from 1.
    public let attempt: Int
    /// The job's priority before the change. Only an edit changes it.
    public let priority: Int
    /// The run that the job is part of.
    public let runID: Run.ID
    /// The name of the pipeline that the job is part of.
    public let pipeline: String
    /// The state before the change.
    public let old: JobState
    /// The state after the change.
    public let new: JobState
    /// When the job is due, if it is scheduled now; `nil` otherwise.
    public let runAt: Timestamp?

    /// Describes a change. Nothing is changed by that.
    public init(
        job: Job.ID, attempt: Int, priority: Int, runID: Run.ID, pipeline: String, old: JobState, new: JobState,
        runAt: Timestamp? = nil
    ) {
        self.runAt = runAt
        self.job = job
        self.attempt = attempt
        self.priority = priority
        self.runID = runID
        self.pipeline = pipeline
        self.old = old
        self.new = new
    }
}
