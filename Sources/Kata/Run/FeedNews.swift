import Synchronization

/// What a feed has to know of what others did: jobs that were submitted, scheduled or cancelled, what was read from the
/// source, beginnings and ends of jobs where there are limits, and the end of the last job.
final class FeedNews: Sendable {
    struct Contents {
        /// Priorities with jobs that became pending and have to be read from the store, with the first of these, if others may have
        /// been read that come after it.
        private(set) var priorities: [Int: Job.ID] = [:]
        /// The first jobs that became pending behind all others of their priority, in order. They need not be read from
        /// the store, unless a job before them has to be.
        private(set) var arrivals: [Job] = []
        private var arrivalsSize = 0
        /// How many jobs are handed over at the most; the others are read from the store.
        static let arrivalLimit = 64
        private static let arrivalSizeLimit = 1 << 16
        /// The earliest time that a job was scheduled for; `nil` if none was.
        var due: Timestamp?
        /// Attempts that were pending and were cancelled, by priority.
        var cancelled: [Int: JobAttempts] = [:]
        /// Pending jobs that were edited, by the priority that they had before.
        var edited: [Int: Set<Job.ID>] = [:]
        /// Jobs of which all copies may have been left, because they were edited while there were several.
        var possiblyLeft: Set<Job.ID> = []
        var isSourceExhausted = false
        /// Whether jobs may be ready that no node has claimed.
        var mayHaveUnclaimed = false
        /// Keys of which another job may be claimed.
        var freedKeys: Set<String> = []
        /// Jobs that have taken their turn to begin, with that turn, if there is a rate.
        var begun: [(claim: Claim, turn: MonotonicInstant)] = []
        /// Jobs that were given out and are over, if there are limits.
        var ended: [Claim] = []

        /// Has a priority read from the store.
        ///
        /// - Parameter id: of a job that may come before some that were read.
        mutating func read(_ priority: Int, from id: Job.ID) {
            priorities[priority] = min(priorities[priority] ?? .max, id)
        }

        /// Takes in a job that became pending behind all others of its priority.
        mutating func arrived(_ job: Job) {
            // Behind a job that has to be read, all others of its priority have to be read.
            guard priorities[job.priority] == nil, arrivals.count < Self.arrivalLimit,
                arrivalsSize + job.item.utf8.count <= Self.arrivalSizeLimit
            else {
                read(job.priority, from: .max)
                return
            }
            arrivals.append(job)
            arrivalsSize += job.item.utf8.count
        }
    }

    private let contents = Mutex(Contents())
    private let isThere = Atomic(false)
    private let event = AutoResetEvent()

    func post(_ change: (inout Contents) -> Void) {
        contents.withLock { contents in
            change(&contents)
            isThere.store(true, ordering: .releasing)
        }
        event.set()
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
        guard let time else { return try await event.wait() }
        try await withThrowingTaskGroup { group in
            // Whichever comes first. An event that is set just when the time has come is not missed: the feed looks at
            // everything after each wait.
            group.addTask { try await self.event.wait() }
            group.addTask { try await clock.sleep(until: time) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Wakes the feed, so that it looks whether it is at its end.
    func wake() {
        event.set()
    }
}
