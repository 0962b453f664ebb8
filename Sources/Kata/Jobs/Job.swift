/// An item with its durable record, as a handler is given it.
public struct Job: Hashable, Sendable {
    /// Identifies a job within its store. Later jobs have larger ids.
    public typealias ID = Int64

    /// Given out by the store, and never given out again, even when the job is pruned.
    public let id: ID
    /// The run that the job is part of. It stays the same when the job is tried again.
    public let runID: Run.ID
    /// What the source emitted or somebody submitted, kept as it came. At most ``NewJob/itemLimit`` bytes of UTF-8.
    public var item: String
    /// Which attempt this is, from 1. With the id it is the idempotency token of a handler.
    public var attempt: Int
    /// Higher goes first. One of ``NewJob/priorities``.
    public let priority: Int
    /// How many attempts the job has in all; `nil` if that is for the pipeline to say.
    public let maxAttempts: Int?
    /// How long an attempt may take; `nil` if that is for the pipeline to say.
    public let timeout: Duration?
    /// What the limits per key go by; `nil` if only the limits for all jobs hold.
    public let key: String?
    /// How many times the job was cut off in a handler by an end of the daemon that nobody asked for, or of what it ran in.
    /// Counted anew after a retry by hand.
    public var interruptions: Int

    /// A job at its first attempt, with everything else left to the pipeline, unless other values are given.
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
}
