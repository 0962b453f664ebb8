/// A job as somebody asks for it.
public struct NewJob: Hashable, Sendable {
    public var item: String
    /// Higher goes first. Within a priority the order is that of submission.
    public var priority: Int
    /// Not before this time; `nil` means at once.
    public var runAt: Timestamp?
    /// A name for the work: while a job of that name is not finished, another one is not added.
    public var uniqueKey: String?
    /// In place of the pipeline's.
    public var maxAttempts: Int?
    /// In place of the pipeline's.
    public var timeout: Duration?
    /// What the limits per key go by.
    public var key: String?
    /// Jobs that it waits for.
    public var after: JobIDs
    /// What it waits for them to be.
    public var when: Condition

    /// What a job waits for others to be.
    public enum Condition: String, CaseIterable, Hashable, Sendable {
        /// All of them done. If one of them fails or is cancelled, so is the job that waits.
        case done
        /// All of them finished, whatever became of them.
        case finished
    }

    public static let priorities = -100...100
    public static let attempts = 1...1_000
    /// How many other jobs the jobs of one request may wait for, in all.
    public static let afterLimit = 1_000_000
    /// The longest key of any kind, in bytes.
    public static let keyLimit = 256
    /// The largest item, in bytes.
    public static let itemLimit = 1 << 20

    public init(
        item: String, priority: Int = 0, runAt: Timestamp? = nil, uniqueKey: String? = nil, maxAttempts: Int? = nil,
        timeout: Duration? = nil, key: String? = nil, after: JobIDs = [], when: Condition = .done
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
    }
}
