/// A job as a feed gave it out. The same job may be given out again later, which is another claim.
struct Claim: Hashable, Sendable {
    let job: Job.ID
    let attempt: Int
    let interruptions: Int

    init(_ job: Job) {
        self.job = job.id
        attempt = job.attempt
        interruptions = job.interruptions
    }
}
