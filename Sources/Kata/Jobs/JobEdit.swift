/// What is to be different about a job that has not begun.
public struct JobEdit: Hashable, Sendable {
    /// What is done with a job's key.
    public enum Key: Hashable, Sendable {
        case unchanged
        /// It gets this one; `nil` takes the key away.
        case set(String?)
    }

    /// What is done with where the job comes from.
    package enum Origin: Hashable, Sendable {
        case unchanged
        /// It comes from there now; `nil` means that this is not known.
        case set(TraceParent?)
    }

    /// The new item; `nil` leaves it as it is.
    public var item: String?
    /// The new priority; `nil` leaves it as it is.
    public var priority: Int?
    /// Not before this time; `nil` leaves the time as it is.
    public var runAt: Timestamp?
    /// What the limits per key go by.
    public var key: Key
    /// Where the job comes from, in a trace.
    package var origin = Origin.unchanged
    /// How long after the job was stored ``runAt`` may be at the most; with it a job is only put off further. `nil` means that
    /// any time is taken.
    public var longestWait: Duration?

    /// An edit that changes nothing, unless it is told more.
    public init(
        item: String? = nil, priority: Int? = nil, runAt: Timestamp? = nil, key: Key = .unchanged,
        longestWait: Duration? = nil
    ) {
        self.item = item
        self.priority = priority
        self.runAt = runAt
        self.key = key
        self.longestWait = longestWait
    }

    /// Has a job do what another one would do, and come from where that one comes from.
    init(replacedBy job: NewJob) {
        self.init(item: job.item, priority: job.priority)
        origin = .set(job.traceParent)
    }

    /// Whether it asks for nothing.
    public var isEmpty: Bool { item == nil && priority == nil && runAt == nil && key == .unchanged }

    /// The time that a job comes to have that was stored at `created` and is due at `due`; `nil` leaves that as it is.
    package func time(created: Timestamp, due: Timestamp?) -> Timestamp? {
        guard let runAt, let longestWait else { return runAt }
        let limit = created.advanced(by: longestWait)
        let time = min(runAt, limit)
        return time > due ?? created ? time : nil
    }

    /// Whether it changes nothing about a job that is due, such as one that can't be put off further.
    package func leavesPending(created: Timestamp, due: Timestamp?, now: Timestamp) -> Bool {
        guard longestWait != nil, item == nil, priority == nil, key == .unchanged else { return false }
        return time(created: created, due: due).map { $0 <= now } ?? true
    }

    /// Checks the limits, which are those of ``NewJob``.
    ///
    /// - Throws: ``JobFault``.
    package func check() throws(JobFault) {
        var job = NewJob(item: item ?? "", priority: priority ?? 0)
        if case .set(let key) = key { job.key = key }
        try job.check()
    }
}
