import DequeModule

/// The jobs of one priority that a feed has claimed, in order.
struct FeedLane {
    let priority: Int
    /// The last job that was read from the store. What comes after it in the store is not claimed yet.
    private(set) var lastRead: Job.ID = 0
    /// Whether nothing comes after it.
    var isDry = false
    private var ready: Deque<Job> = []
    /// Jobs from before ``lastRead`` that came back, in order of id.
    private var returned: [Job] = []

    init(priority: Int) {
        self.priority = priority
    }

    var isEmpty: Bool { ready.isEmpty && returned.isEmpty }

    /// The id of the next job.
    var head: Job.ID? {
        switch (returned.first?.id, ready.first?.id) {
        case (let left?, let right?): min(left, right)
        case (let left, let right): left ?? right
        }
    }

    mutating func next() -> Job? {
        if let back = returned.first, ready.first.map({ back.id < $0.id }) ?? true { return returned.removeFirst() }
        return ready.popFirst()
    }

    /// Takes in what was read after ``lastRead``.
    mutating func add(_ jobs: [Job]) {
        ready.append(contentsOf: jobs)
        if let last = jobs.last { lastRead = last.id } else { isDry = true }
    }

    /// Takes in a job that became pending again.
    mutating func takeBack(_ job: Job) {
        if job.id > lastRead {
            // It is read when its turn comes.
            isDry = false
        } else {
            returned.insert(job, at: returned.firstIndex { $0.id > job.id } ?? returned.count)
        }
    }

    /// Takes out jobs that were cancelled.
    ///
    /// - Returns: those that were not given out, and will not be.
    mutating func remove(_ jobs: Set<Job.ID>) -> Set<Job.ID> {
        let claimed = Set(ready.lazy.map(\.id)).union(returned.lazy.map(\.id))
        ready.removeAll { jobs.contains($0.id) }
        returned.removeAll { jobs.contains($0.id) }
        return jobs.filter { $0 > lastRead || claimed.contains($0) }
    }
}
