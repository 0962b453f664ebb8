import Synchronization

/// What a feed has to know of what others did: submitted, scheduled or cancelled jobs, read the source, or finished the
/// last job.
final class FeedNews: Sendable {
    struct Contents {
        /// Jobs of these priorities became pending behind all others of theirs, and have to be read.
        var priorities: Set<Int> = []
        /// The first jobs that became pending behind all others of their priority, in order. Unless some before
        /// them have to be read, they need not be.
        private(set) var arrivals: [Job] = []
        private var arrivalsSize = 0
        /// How many jobs are not read from the store but handed over.
        static let arrivalLimit = 64
        private static let arrivalSizeLimit = 1 << 16
        /// A job was scheduled for then.
        var due: Timestamp?
        /// Pending jobs that were cancelled, by priority.
        var cancelled: [Int: Set<Job.ID>] = [:]
        var isSourceExhausted = false
        /// The keys of jobs that are over, if there are limits per key.
        var endedKeys: [String] = []

        /// Takes in a job that became pending behind all others of its priority.
        mutating func arrived(_ job: Job) {
            // Behind one that has to be read they all have to.
            guard !priorities.contains(job.priority), arrivals.count < Self.arrivalLimit,
                arrivalsSize + job.item.utf8.count <= Self.arrivalSizeLimit
            else {
                priorities.insert(job.priority)
                return
            }
            arrivals.append(job)
            arrivalsSize += job.item.utf8.count
        }
    }

    private let contents = Mutex(Contents())
    private let isThere = Atomic(false)
    private let bell = Doorbell()

    func post(_ change: (inout Contents) -> Void) {
        contents.withLock { contents in
            change(&contents)
            isThere.store(true, ordering: .releasing)
        }
        bell.ring()
    }

    func scheduled(for time: Timestamp) {
        post { $0.due = min($0.due ?? time, time) }
    }

    var isEmpty: Bool { !isThere.load(ordering: .acquiring) }

    /// What is new since the last call.
    func take() -> Contents? {
        if isEmpty { return nil }
        return contents.withLock { contents in
            isThere.store(false, ordering: .releasing)
            defer { contents = Contents() }
            return contents
        }
    }

    /// Waits for news, or for that time.
    ///
    /// - Throws: `CancellationError` if the task is cancelled first.
    func wait(until time: Timestamp?, clock: any WallClock) async throws {
        guard let time else { return try await bell.wait() }
        try await withThrowingTaskGroup { group in
            // Whichever comes first; a ring that comes together with the time is kept for the next wait.
            group.addTask { try await self.bell.wait() }
            group.addTask { try await clock.sleep(until: time) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Wakes the feed, so that it looks whether it is at its end.
    func ring() {
        bell.ring()
    }
}
