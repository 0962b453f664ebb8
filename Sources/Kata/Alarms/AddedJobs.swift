/// Jobs that were added to a run without anybody having submitted them.
struct AddedJobs: Sendable {
    /// The name of the pipeline that the run is of.
    let pipeline: String
    let run: Run.ID
    let jobs: [NewJob]
    /// What became of each job, in order.
    let submitted: [SubmittedJob]
}
