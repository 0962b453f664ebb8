import DequeModule
import HeapModule

/// The jobs of one priority that a feed has claimed, in order.
struct PriorityLane {
    let priority: Int
    /// The last job that was read from the store or handed over. Jobs that come after it in the store are not claimed
    /// yet.
    private(set) var lastRead: Job.ID = 0
    /// Whether no job comes after ``lastRead`` in the store, as far as the feed knows.
    var isDry: Bool
    private var ready: Deque<Job> = []
    /// The bytes of the items of the jobs in ``ready``.
    private var readySize = 0
    /// How many jobs are read at a time. What is handed over beyond that is left in the store.
    static let readyLimit = 1_000
    /// How many bytes of items may be ready before jobs that are handed over are left in the store.
    static let readySizeLimit = 1 << 20
    /// Jobs up to ``lastRead`` that came back.
    private var returned = Heap<JobByID>()
    /// The bytes of the items of the jobs that came back.
    private(set) var returnedSize = 0

    init(priority: Int, isDry: Bool) {
        self.priority = priority
        self.isDry = isDry
    }

    var isEmpty: Bool { ready.isEmpty && returned.isEmpty }
    var returnedCount: Int { returned.count }

    /// The id of the next job; `nil` if no job is claimed.
    var head: Job.ID? {
        switch (returned.min?.job.id, ready.first?.id) {
        case (let left?, let right?): min(left, right)
        case (let left, let right): left ?? right
        }
    }

    mutating func next() -> Job? {
        guard let back = returned.min?.job, ready.first.map({ back.id < $0.id }) ?? true else {
            let job = ready.popFirst()
            readySize -= job?.item.utf8.count ?? 0
            return job
        }
        returned.removeMin()
        returnedSize -= back.item.utf8.count
        return back
    }

    /// Takes in what was read from the store after ``lastRead``.
    mutating func add(_ jobs: [Job]) {
        ready.append(contentsOf: jobs)
        readySize += jobs.reduce(0) { $0 + $1.item.utf8.count }
        if let last = jobs.last { lastRead = last.id } else { isDry = true }
    }

    /// Takes in what was read of this lane where jobs are held elsewhere.
    ///
    /// - Parameters:
    ///   - jobs: those that are not held elsewhere, in order.
    ///   - last: the last job that need not be read again; `nil` if that has not changed.
    ///   - isDry: whether no more was there.
    mutating func add(_ jobs: [Job], through last: Job.ID?, isDry: Bool) {
        ready.append(contentsOf: jobs)
        readySize += jobs.reduce(0) { $0 + $1.item.utf8.count }
        lastRead = max(lastRead, last ?? lastRead)
        if isDry { self.isDry = true }
    }

    /// Takes in a job that became pending behind all others, and is to be held elsewhere.
    ///
    /// - Parameter hasRoom: whether there is room for the job. Without room the job is left to the next reading.
    /// - Returns: whether the job is to be held; if not, it was read before or will be.
    mutating func passed(_ job: Job, hasRoom: Bool) -> Bool {
        guard isDry, job.id > lastRead else { return false }
        if hasRoom { lastRead = job.id } else { isDry = false }
        return hasRoom
    }

    /// Takes in a job that became pending behind all others. It is left to the next reading if jobs before it are not
    /// read yet, or if many are ready already.
    mutating func arrived(_ job: Job) {
        guard isDry, job.id > lastRead else { return }
        if ready.count >= Self.readyLimit || readySize >= Self.readySizeLimit {
            isDry = false
        } else {
            ready.append(job)
            readySize += job.item.utf8.count
            lastRead = job.id
        }
    }

    /// How many jobs are claimed.
    var count: Int { ready.count + returned.count }

    /// Has the store asked for more.
    ///
    /// - Parameter id: of a job that may come before ``lastRead``.
    mutating func open(from id: Job.ID) {
        isDry = false
        lastRead = min(lastRead, max(0, id - 1))
    }

    /// Takes in a job that was claimed by itself.
    mutating func add(claimed job: Job) {
        returned.insert(JobByID(job: job))
        returnedSize += job.item.utf8.count
    }

    /// Takes in a job that became pending again.
    mutating func takeBack(_ job: Job) {
        if job.id > lastRead {
            // The job is read when its turn comes.
            isDry = false
        } else {
            returned.insert(JobByID(job: job))
            returnedSize += job.item.utf8.count
        }
    }

    /// Takes out jobs that are not to be given out.
    ///
    /// - Returns: those that were there.
    mutating func remove(where isGone: (Job) -> Bool) -> [Job] {
        let removed = Array(ready.filter(isGone)) + returned.unordered.lazy.map(\.job).filter(isGone)
        if removed.isEmpty { return [] }
        ready.removeAll(where: isGone)
        readySize = ready.reduce(0) { $0 + $1.item.utf8.count }
        returned = Heap(returned.unordered.filter { !isGone($0.job) })
        returnedSize = returned.unordered.reduce(0) { $0 + $1.job.item.utf8.count }
        return removed
    }
}
