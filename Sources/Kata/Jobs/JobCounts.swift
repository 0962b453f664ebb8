/// How many jobs of a pipeline or a run the store holds, by state.
public struct JobCounts: Hashable, Sendable {
    /// On disk a job on the queue or in a handler's hands is pending, too.
    public var pending: Int
    public var scheduled: Int
    public var waiting: Int
    public var done: Int
    public var failed: Int
    public var cancelled: Int

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

    /// Those that something will still happen to.
    public var unfinished: Int { pending + scheduled + waiting }
    public var finished: Int { done + failed + cancelled }

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

    public static func + (left: JobCounts, right: JobCounts) -> JobCounts {
        combine(left, right, +)
    }

    public static func - (left: JobCounts, right: JobCounts) -> JobCounts {
        combine(left, right, -)
    }

    private static func combine(_ left: JobCounts, _ right: JobCounts, _ operation: (Int, Int) -> Int) -> JobCounts {
        var counts = JobCounts()
        for state in JobState.allCases { counts[state] = operation(left[state], right[state]) }
        return counts
    }
}
