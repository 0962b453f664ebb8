/// How many jobs a pipeline or a run has, by state. A pruned job stays counted.
public struct JobCounts: Hashable, Sendable {
    /// Jobs that are ready. On disk a job on the queue or in a handler's hands is pending, too.
    public var pending: Int
    /// Jobs that wait for their time.
    public var scheduled: Int
    /// Jobs that wait for other jobs.
    public var waiting: Int
    /// Jobs that were handled well.
    public var done: Int
    /// Jobs that failed for good.
    public var failed: Int
    /// Jobs that were cancelled.
    public var cancelled: Int

    /// Counts of nothing, but for what is given.
    public init(
        pending: Int = 0, scheduled: Int = 0, waiting: Int = 0, done: Int = 0, failed: Int = 0, cancelled: Int = 0
    ) {
        self.pending = pending
        self.scheduled = scheduled
        self.waiting = waiting
        self.done = done
        self.failed = failed
        self.cancelled = cancelled
    }

    /// Jobs that something will still happen to: ``pending``, ``scheduled`` and ``waiting``.
    public var unfinished: Int { pending + scheduled + waiting }
    /// Jobs in a final state: ``done``, ``failed`` and ``cancelled``.
    public var finished: Int { done + failed + cancelled }

    /// The count of the jobs in one state.
    public subscript(state: JobState) -> Int {
        get {
            switch state {
            case .pending: pending
            case .scheduled: scheduled
            case .waiting: waiting
            case .done: done
            case .failed: failed
            case .cancelled: cancelled
            }
        }
        set {
            switch state {
            case .pending: pending = newValue
            case .scheduled: scheduled = newValue
            case .waiting: waiting = newValue
            case .done: done = newValue
            case .failed: failed = newValue
            case .cancelled: cancelled = newValue
            }
        }
    }

    /// Counts jobs over from one state to another.
    public mutating func move(_ count: Int = 1, from old: JobState, to new: JobState) {
        self[old] -= count
        self[new] += count
    }

    /// Adds up the counts state by state.
    public static func + (left: JobCounts, right: JobCounts) -> JobCounts {
        combine(left, right, +)
    }

    /// Takes the right counts from the left ones, state by state.
    public static func - (left: JobCounts, right: JobCounts) -> JobCounts {
        combine(left, right, -)
    }

    private static func combine(_ left: JobCounts, _ right: JobCounts, _ operation: (Int, Int) -> Int) -> JobCounts {
        var counts = JobCounts()
        for state in JobState.allCases { counts[state] = operation(left[state], right[state]) }
        return counts
    }
}
