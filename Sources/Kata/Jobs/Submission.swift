/// What was submitted under an idempotency key, so that the same request sent again changes nothing.
public struct Submission: Hashable, Sendable {
    /// Tells a repeated request from another one under the same key.
    public let fingerprint: Int64
    public let jobs: [SubmittedJob]

    public init(fingerprint: Int64, jobs: [SubmittedJob]) {
        self.fingerprint = fingerprint
        self.jobs = jobs
    }
}
