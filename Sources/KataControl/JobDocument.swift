public import Kata

/// What `GET /v1/jobs/ID` and `kata-ctl jobs ID --json` say of a job; lists leave out the attempts.
public struct JobDocument: Codable, Hashable, Sendable {
    public struct Attempt: Codable, Hashable, Sendable {
        public let attempt: Int
        public let consumerId: String
        /// `done` or `failed`.
        public let outcome: String
        public let error: String?
        public let startedAt: String
        public let finishedAt: String
        /// What the handler kept of it, such as what an executable wrote.
        public let output: String?
    }

    public let id: Int64
    public let pipeline: String
    public let runId: Int64
    public let item: String
    /// `pending`, `running`, `scheduled`, `waiting`, `done`, `failed` or `cancelled`.
    public let state: String
    /// Who has it in hand.
    public let consumerId: String?
    public let priority: Int
    /// The attempt that is under way, comes next or was the last.
    public let attempt: Int
    public let maxAttempts: Int?
    public let timeoutSeconds: Double?
    public let unique: String?
    public let key: String?
    public let runAt: String?
    public let interruptions: Int
    public let error: String?
    public let createdAt: String
    public let finishedAt: String?
    public let attempts: [Attempt]?

    /// - Parameter consumerID: who has the job in hand, if somebody has.
    public init(_ record: JobRecord, consumerID: String? = nil, attempts: [Kata.Attempt]? = nil) {
        let job = record.job
        id = job.id
        pipeline = record.pipeline
        runId = job.runID
        item = job.item
        // What was cancelled may still be in somebody's hands for a moment.
        let isRunning = consumerID != nil && record.state == .pending
        state = isRunning ? "running" : record.state.rawValue
        consumerId = isRunning ? consumerID : nil
        priority = job.priority
        attempt = job.attempt
        maxAttempts = job.maxAttempts
        timeoutSeconds = job.timeout?.roundedSeconds
        unique = record.uniqueKey
        key = job.key
        runAt = record.runAt?.iso8601
        interruptions = job.interruptions
        error = record.error
        createdAt = record.createdAt.iso8601
        finishedAt = record.finishedAt?.iso8601
        self.attempts = attempts?.map { attempt in
            Attempt(
                attempt: attempt.number,
                consumerId: attempt.consumerID,
                outcome: attempt.error == nil ? "done" : "failed",
                error: attempt.error,
                startedAt: attempt.startedAt.iso8601,
                finishedAt: attempt.finishedAt.iso8601,
                output: attempt.output
            )
        }
    }
}

/// What `GET /v1/jobs` and `kata-ctl jobs --json` say: jobs, the latest first.
public struct JobListDocument: Codable, Hashable, Sendable {
    public let jobs: [JobDocument]
    /// From where to go on, as `before`; missing if these are all.
    public let next: Int64?

    public init(jobs: [JobDocument], next: Int64?) {
        self.jobs = jobs
        self.next = next
    }
}
