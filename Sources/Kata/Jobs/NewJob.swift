/// A job as somebody asks for it. The limits are checked where it is submitted, or emitted by a source; a store takes it as
/// it is.
public struct NewJob: Hashable, Sendable {
    /// What is to be done, at most ``itemLimit`` bytes of UTF-8.
    public var item: String
    /// Higher goes first. Within a priority the order is that of submission. One of ``priorities``.
    public var priority: Int
    /// Not before this time; `nil` means at once.
    public var runAt: Timestamp?
    /// A name for the work, at most ``keyLimit`` bytes: while a job of that name is not finished, another one is not
    /// added. `nil` means that nothing stands in the way.
    public var uniqueKey: String?
    /// How many attempts the job has in all, in place of the pipeline's number; one of ``attempts``.
    public var maxAttempts: Int?
    /// How long an attempt may take, in place of the pipeline's timeout. Kept in whole milliseconds.
    public var timeout: Duration?
    /// What the limits per key go by, at most ``keyLimit`` bytes; `nil` if only the limits for all jobs hold.
    public var key: String?
    /// Jobs that this job waits for, of whatever pipeline. They have to be in the store already.
    public var after: JobIDs
    /// What this job waits for the jobs in ``after`` to be.
    public var when: Condition

    /// Words to find the job by: at most 16 different ones of 1 to 64 bytes, without spaces, commas and control characters. None
    /// mostly.
    public var tags: [String] = []
    /// Where the job comes from, in a trace; `nil` if that is not known.
    public var traceParent: TraceParent?
    /// The job that this one is a corrected copy of; `nil` mostly.
    package var copyOf: Job.ID?

    /// Why the job has failed before anybody began it, such as that its item could not be read; it is added as failed. `nil`
    /// if it is to be done. Only a source gives one.
    public var failure: String?
    /// A beginning of ``uniqueKey`` that names the thing that the job is about, where the rest says how that was when it was
    /// seen. While a job with the same item whose key begins so is not finished, another one is not added.
    package var uniqueStem: String?

    /// The entry of a schedule that the job is of; `nil` if there is none. Only a schedule gives one.
    package var schedule: ScheduleMark?

    /// What a job waits for others to be.
    public enum Condition: String, CaseIterable, Hashable, Sendable {
        /// All of them done. If one of them fails for good or is cancelled, the job that waits is cancelled.
        case done
        /// All of them finished, whatever became of them.
        case finished
    }

    /// What a priority may be.
    public static let priorities = -100...100
    /// How many attempts a job may have in all.
    public static let attempts = 1...1_000
    /// How many other jobs the jobs of one request may wait for, in all.
    public static let afterLimit = 1_000_000
    /// How many tags a job may have.
    public static let tagCount = 16
    /// The longest tag, in bytes of UTF-8.
    public static let tagLimit = 64
    /// The longest key of any kind, in bytes of UTF-8.
    public static let keyLimit = 256
    /// The largest item, in bytes of UTF-8.
    public static let itemLimit = 1 << 20

    /// A job that is to be done at once, once, and with everything else left to the pipeline, unless other values are
    /// given.
    public init(
        item: String, priority: Int = 0, runAt: Timestamp? = nil, uniqueKey: String? = nil, maxAttempts: Int? = nil,
        timeout: Duration? = nil, key: String? = nil, after: JobIDs = [], when: Condition = .done,
        failure: String? = nil
    ) {
        self.item = item
        self.priority = priority
        self.runAt = runAt
        self.uniqueKey = uniqueKey
        self.maxAttempts = maxAttempts
        self.timeout = timeout
        self.key = key
        self.after = after
        self.when = when
        self.failure = failure
    }

    /// The job as it is once it was submitted under that id, at its first attempt.
    package func job(id: Job.ID, run: Run.ID, readyAt time: Timestamp? = nil) -> Job {
        var job = Job(
            id: id, runID: run, item: item, priority: priority, maxAttempts: maxAttempts,
            // Cut to what is stored, so that the job is the same when it is read.
            timeout: timeout.map { .milliseconds($0.milliseconds) }, key: key)
        job.readyAt = time
        job.traceParent = traceParent
        return job
    }
}
