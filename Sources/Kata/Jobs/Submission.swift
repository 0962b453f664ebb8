/// What was submitted under an idempotency key, so that the same request sent again changes nothing.
public struct Submission: Hashable, Sendable {
    /// A hash of the request's content. It tells the same request from another one under the same key.
    public let fingerprint: Int64
    /// What became of each job, in the order of the request. Of a job's state a store may keep no more than whether the
    /// job was added.
    public let jobs: [SubmittedJob]

    /// Describes a request that was answered with these jobs.
    public init(fingerprint: Int64, jobs: [SubmittedJob]) {
        self.fingerprint = fingerprint
        self.jobs = jobs
    }
}
