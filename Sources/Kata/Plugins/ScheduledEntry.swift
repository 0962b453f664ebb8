/// An entry of a source that makes jobs at certain times, for people and for those who ask for one of its jobs.
public struct ScheduledEntry: Sendable {
    /// Unique within a pipeline.
    public let name: String
    /// When its times are, in words, such as `at 03:30 on Monday to Friday, Europe/Berlin`.
    public let words: String
    /// What becomes of a time while the job before is not finished.
    public let overlap: ScheduleMark.Overlap
    private let nextTimes: @Sendable (Timestamp, Int) -> [String]
    private let text: @Sendable (Timestamp) -> String

    /// - Parameters:
    ///   - name: unique within a pipeline.
    ///   - words: when its times are.
    ///   - overlap: what becomes of a time while the job before is not finished.
    ///   - nextTimes: the next times after one, at most so many, in ISO 8601 with their offsets from UTC.
    ///   - item: the item of a job that is due at a time.
    public init(
        name: String, words: String, overlap: ScheduleMark.Overlap,
        nextTimes: @escaping @Sendable (_ after: Timestamp, _ limit: Int) -> [String],
        item: @escaping @Sendable (_ time: Timestamp) -> String
    ) {
        self.name = name
        self.words = words
        self.overlap = overlap
        self.nextTimes = nextTimes
        text = item
    }

    /// The next times after one, at most `limit`, in ISO 8601 with their offsets from UTC, the earliest first.
    public func times(after time: Timestamp, limit: Int) -> [String] { nextTimes(time, limit) }

    /// The item of a job that is due at a time.
    public func item(at time: Timestamp) -> String { text(time) }
}
