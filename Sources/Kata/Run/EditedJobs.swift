import Synchronization

/// Jobs that were pending when somebody edited them, or is about to. There may be copies of them as they were before: on the
/// queue, or with a consumer that waits for something. So each copy of such a job is held against the store before it is begun.
///
/// How an edit and a beginning miss each other: whoever edits has the job watched first and then looks whether a consumer
/// has begun it; a consumer first notes that it has begun, and then looks whether the job is watched. One of the two sees the
/// other. A consumer that sees the watch reads the job behind all that was asked of the recorder until then, and the edit, on
/// the recorder's thread, refuses to go on if the job was begun since it has been watched.
///
/// An entry goes with the edit if no copy of the job was touched meanwhile, and otherwise once all that was on the queue then has
/// been taken from it.
final class EditedJobs: Sendable {
    /// What a consumer has to do with a job before it is given to the handler.
    enum Check {
        /// Nothing: nobody has edited it.
        case nothing
        /// Leave it: another consumer has a copy of it in hand.
        case leave
        /// Read it again.
        case read
    }

    private struct Entry {
        /// How many edits are under way.
        var watches = 0
        /// How many times a copy was taken in hand.
        var begins = 0
        /// How many times it was edited while it was pending.
        var edits = 0
        var isInHand = false
        /// Whether another copy was left meanwhile, which may have been the one that is as the store has the job.
        var hasLeft = false
        /// Whether a copy from before an edit may still come to a consumer.
        var mayBeOut = false
        /// How many jobs had been put on the queue when the last copy from before an edit may have been; `nil` if such a copy may
        /// still be with the feed.
        var producedBefore: Int? = 0

        /// Whether nobody may come for whom it is needed.
        func isOver(taken: Int) -> Bool {
            if watches > 0 || isInHand || hasLeft { return false }
            return !mayBeOut || producedBefore.map { $0 < taken } ?? false
        }
    }

    /// How many entries there may be before it is looked which of them are over.
    static let sweepLimit = 10_000

    private let entries = Mutex<[Job.ID: Entry]>([:])
    private let nextSweep = Atomic(sweepLimit)
    private let count = Atomic(0)

    /// Whether any job is watched. Mostly none is, and this is asked for every job.
    var areThere: Bool { count.load(ordering: .acquiring) > 0 }

    /// Has a job watched from here on, until ``unwatch(_:)``.
    ///
    /// - Returns: for ``isUnbegun(_:since:)``.
    func watch(_ job: Job.ID) -> Int {
        change { entries in
            entries[job, default: Entry()].watches += 1
            return entries[job]?.begins ?? 0
        }
    }

    /// Takes in that an edit is over, whether it was made or not.
    func unwatch(_ job: Job.ID) {
        change { entries in
            entries[job]?.watches -= 1
            if let entry = entries[job], entry.edits == 0, entry.begins == 0, entry.isOver(taken: 0) {
                entries[job] = nil
            }
        }
    }

    /// Whether there are so many entries that ``sweep(taken:inHand:)`` is worth while.
    var areMany: Bool { count.load(ordering: .acquiring) > nextSweep.load(ordering: .relaxed) }

    /// Forgets jobs of which there is no copy from before an edit any more.
    ///
    /// - Parameters:
    ///   - taken: at least so many jobs have been taken from the queue again.
    ///   - inHand: the jobs that consumers have in hand, begun or not, seen after that.
    func sweep(taken: Int, inHand: Set<Job.ID>) {
        let left = change { entries in
            entries = entries.filter { !$0.value.isOver(taken: taken) || inHand.contains($0.key) }
            return entries.count
        }
        nextSweep.store(max(Self.sweepLimit, 2 * left), ordering: .relaxed)
    }

    /// Whether a job is watched, and no copy of it was taken in hand since then.
    func isUnbegun(_ job: Job.ID, since begins: Int) -> Bool {
        entries.withLock { $0[job]?.begins == begins && $0[job]?.isInHand == false }
    }

    /// Takes in that an edit of a pending job is in the store.
    func edited(_ job: Job.ID) {
        change { $0[job, default: Entry()].edits += 1 }
    }

    /// Takes in that a consumer is to begin a job.
    func begin(_ job: Job.ID) -> Check {
        change { entries in
            guard let entry = entries[job] else { return .nothing }
            if entry.isInHand {
                entries[job]?.hasLeft = true
                entries[job]?.mayBeOut = true
                // The feed takes one back.
                entries[job]?.producedBefore = nil
                return .leave
            }
            entries[job]?.begins += 1
            entries[job]?.isInHand = true
            return .read
        }
    }

    /// Takes in that the outcome of a job that was in hand is with the recorder, or that there is none.
    ///
    /// - Returns: whether another copy was left meanwhile, so that none may be out although the job still has to be done.
    func ended(_ job: Job.ID) -> Bool {
        if !areThere { return false }
        return change { entries in
            defer {
                entries[job]?.isInHand = false
                entries[job]?.hasLeft = false
            }
            return entries[job]?.hasLeft ?? false
        }
    }

    /// Takes in what the feed has found of jobs that were edited.
    ///
    /// - Parameters:
    ///   - ungiven: those of them that it has not given out, and will not as they were.
    ///   - kept: those of them that it may give out as they were.
    ///   - produced: how many jobs have been put on the queue.
    func withdrew(_ jobs: Set<Job.ID>, ungiven: Set<Job.ID>, kept: Set<Job.ID> = [], produced: Int = 0) {
        change { entries in
            for job in jobs {
                guard var entry = entries[job] else { continue }
                let isKept = kept.contains(job)
                // Of a job that was edited twice there may have been two copies.
                if ungiven.contains(job) && !isKept && entry.edits == 1 && !entry.mayBeOut && !entry.isInHand {
                    entry.edits = 0
                    // Until the edit is over the entry stays.
                    entries[job] = entry.watches == 0 ? nil : entry
                } else {
                    entry.mayBeOut = true
                    // One that is about to be put on the queue counts as well.
                    entry.producedBefore = isKept || entry.producedBefore == nil ? nil : produced + 1
                    entries[job] = entry
                }
            }
        }
    }

    /// Whether each copy of a job is held against the store.
    func isWatched(_ job: Job.ID) -> Bool {
        areThere && entries.withLock { $0[job] != nil }
    }

    /// Whether there may be a copy of a job from before an edit.
    func mayBeOut(_ job: Job.ID) -> Bool {
        areThere && entries.withLock { $0[job]?.mayBeOut ?? false }
    }

    @discardableResult
    private func change<Result: Sendable>(_ body: (inout [Job.ID: Entry]) -> Result) -> Result {
        entries.withLock { entries in
            defer { count.store(entries.count, ordering: .releasing) }
            return body(&entries)
        }
    }
}
