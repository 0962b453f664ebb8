/// The job with a key that is next, in one order or another.
struct NextJob: Hashable {
    let priority: Int
    let id: Job.ID
    let key: ExactString
    /// Whether the job is left in the store, and has to be read first. Its id may turn out larger then.
    let needsReading: Bool
}

/// In the order of priorities, and of ids within a priority.
struct FirstJob: Comparable {
    let next: NextJob

    static func < (left: FirstJob, right: FirstJob) -> Bool {
        (-left.next.priority, left.next.id) < (-right.next.priority, right.next.id)
    }
}

/// In the order of ids.
struct OldestJob: Comparable {
    let next: NextJob

    static func < (left: OldestJob, right: OldestJob) -> Bool { left.next.id < right.next.id }
}

/// When a job with a key may begin.
struct Turn: Comparable {
    let time: MonotonicInstant
    let key: ExactString

    static func < (left: Turn, right: Turn) -> Bool { left.time < right.time }
}
