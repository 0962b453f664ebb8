/// A job in the order of ids, which is that of submission.
struct JobByID: Comparable {
    let job: Job

    static func < (left: JobByID, right: JobByID) -> Bool { left.job.id < right.job.id }
    static func == (left: JobByID, right: JobByID) -> Bool { left.job.id == right.job.id }
}
