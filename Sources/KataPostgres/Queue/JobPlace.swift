import Kata

/// Where a new job is put.
struct JobPlace {
    /// What stands in the way of a job.
    struct Blocking {
        /// The jobs to wait for: those that are not finished.
        var jobs: Set<Job.ID> = []
        /// The first job because of which they will never all be done, where they have to be, and how it ended; `nil` if they
        /// may.
        var end: (job: Job.ID, state: JobState)?
    }

    var state: JobState
    var isPutOff = false
    var blocking = Blocking()
    var condition: NewJob.Condition
}
