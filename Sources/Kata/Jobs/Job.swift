/// An item with its durable record, as a handler is given it.
public struct Job: Hashable, Sendable {
    /// Identifies a job within its store. Later jobs have larger ids.
    public typealias ID = Int64

    public let id: ID
    public let runID: Run.ID
    /// What the source emitted or somebody submitted: text, kept as it came.
    public var item: String
    /// Which attempt this is, from 1. With the id it is the idempotency token of a handler.
    public var attempt: Int
    /// Higher goes first.
    public let priority: Int
    /// How many attempts it has, if that is not for the pipeline to say.
    public let maxAttempts: Int?
    /// How long an attempt may take, if that is not for the pipeline to say.
    public let timeout: Duration?
    /// What the limits per key go by.
    public let key: String?
    /// How many times it was cut off in a handler: by a drain, or by the end of the daemon.
    public var interruptions: Int

    public init(
        id: ID, runID: Run.ID, item: String, attempt: Int = 1, priority: Int = 0, maxAttempts: Int? = nil,
        timeout: Duration? = nil, key: String? = nil, interruptions: Int = 0
    ) {
        self.id = id
        self.runID = runID
        self.item = item
        self.attempt = attempt
        self.priority = priority
        self.maxAttempts = maxAttempts
        self.timeout = timeout
        self.key = key
        self.interruptions = interruptions
    }

    /// A job as it was submitted, at its first attempt.
    init(_ job: NewJob, id: ID, run: Run.ID) {
        self.init(
            id: id, runID: run, item: job.item, priority: job.priority, maxAttempts: job.maxAttempts,
            // As exactly as it is stored.
            timeout: job.timeout.map { .milliseconds($0.milliseconds) }, key: job.key)
    }
}
