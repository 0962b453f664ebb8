import HeapModule

/// The waiting jobs of one key and one priority: the first of them, in order of id. The others are left in the store.
struct KeyLane {
    /// The jobs that are left in the store.
    struct Rest: Hashable {
        /// All of them have this id or a larger one.
        var start: Job.ID
        /// Whether there may also be jobs from there on that were given out, and look as if they waited until their end
        /// is recorded.
        var mayHaveBeenGiven: Bool
    }

    let priority: Int
    /// `nil` if no job is left in the store.
    private(set) var rest: Rest?
    /// All of them come before the rest.
    private var held = Heap<JobByID>()
    /// The bytes of the items that are held.
    private(set) var size = 0

    init(priority: Int) {
        self.priority = priority
    }

    /// How many jobs are held.
    var count: Int { held.count }

    /// Whether no job waits, held or not.
    var isEmpty: Bool { held.isEmpty && rest == nil }

    /// Whether the first job has to be read.
    var needsReading: Bool { held.isEmpty && rest != nil }

    /// The id of the first job. If that has to be read, its id may be larger.
    var first: Job.ID? { held.min?.job.id ?? rest?.start }

    /// Takes in a job that waits. If jobs before it are left in the store, it is left there, too.
    mutating func insert(_ job: Job) {
        if let rest, job.id >= rest.start { return }
        held.insert(JobByID(job: job))
        size += job.item.utf8.count
    }

    mutating func popFirst() -> Job? {
        let job = held.popMin()?.job
        size -= job?.item.utf8.count ?? 0
        return job
    }

    /// Leaves the last of the jobs that are held in the store.
    ///
    /// - Parameter start: no job from this id on was given out.
    mutating func leaveLast(ungivenFrom start: Job.ID) {
        guard let last = held.popMax()?.job else { return }
        size -= last.item.utf8.count
        rest = Rest(start: last.id, mayHaveBeenGiven: rest?.mayHaveBeenGiven ?? false || last.id < start)
    }

    /// Takes in the first jobs of the rest.
    ///
    /// - Parameters:
    ///   - jobs: those that were not given out, in order.
    ///   - last: the last one that was read; `nil` if nothing is left.
    mutating func add(_ jobs: [Job], through last: Job.ID?) {
        if let last { rest?.start = last + 1 } else { rest = nil }
        for job in jobs { insert(job) }
    }

    /// Takes out held jobs that are not to be given out.
    mutating func remove(where isGone: (Job) -> Bool) {
        let left = held.unordered.filter { !isGone($0.job) }
        if left.count == held.count { return }
        held = Heap(left)
        size = left.reduce(0) { $0 + $1.job.item.utf8.count }
    }
}
