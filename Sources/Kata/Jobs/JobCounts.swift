/// How many jobs of a pipeline or a run the store holds, by state.
public struct JobCounts: Hashable, Sendable {
    /// Not finished: on disk a job on the queue or in a handler's hands is pending, too.
    public var pending: Int
    public var done: Int
    public var failed: Int

    public init(pending: Int = 0, done: Int = 0, failed: Int = 0) {
        self.pending = pending
        self.done = done
        self.failed = failed
    }

    public static func + (left: JobCounts, right: JobCounts) -> JobCounts {
        JobCounts(
            pending: left.pending + right.pending, done: left.done + right.done, failed: left.failed + right.failed)
    }

    public static func - (left: JobCounts, right: JobCounts) -> JobCounts {
        JobCounts(
            pending: left.pending - right.pending, done: left.done - right.done, failed: left.failed - right.failed)
    }
}
