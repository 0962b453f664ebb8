/// A job with all that is known of it, as of one moment.
public struct JobDetails: Hashable, Sendable {
    /// With its texts whole.
    public let record: JobRecord
    /// The first attempts that are over, in order: as many as ``JobStoreReader/attempts(job:skipping:)`` reads at a time.
    public let attempts: [Attempt]
    /// Whether these are all attempts.
    public let hasAllAttempts: Bool
    /// How long the last attempt that is over took; `nil` before that.
    public let lastDuration: Duration?
    /// What the job has left for its next attempt; `nil` if nothing, and once it is done.
    public let checkpoint: String?

    /// Puts together what was read.
    public init(
        record: JobRecord, attempts: [Attempt], hasAllAttempts: Bool, lastDuration: Duration?, checkpoint: String?
    ) {
        self.record = record
        self.attempts = attempts
        self.hasAllAttempts = hasAllAttempts
        self.lastDuration = lastDuration
        self.checkpoint = checkpoint
    }

    /// How many bytes its texts have.
    package var textBytes: Int {
        record.itemBytes + record.errorBytes + (checkpoint?.utf8.count ?? 0) + attempts.reduce(0) { $0 + $1.textBytes }
    }
}

extension Attempt {
    /// How many bytes its texts have.
    package var textBytes: Int { (error?.utf8.count ?? 0) + (output?.utf8.count ?? 0) }
}
