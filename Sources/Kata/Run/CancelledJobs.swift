import Synchronization

/// Jobs that were cancelled after they were put on the queue, so that no consumer begins them.
final class CancelledJobs: Sendable {
    /// The attempts that were cancelled. A later attempt at the same job is not among them.
    private let attempts = Mutex<[Job.ID: Set<Int>]>([:])
    private let count = Atomic(0)

    func add(_ job: Job.ID, attempt: Int) {
        change { _ = $0[job, default: []].insert(attempt) }
    }

    func remove(_ jobs: some Sequence<Job.ID>) {
        change { attempts in
            for job in jobs { attempts[job] = nil }
        }
    }

    func contains(_ job: Job) -> Bool {
        count.load(ordering: .acquiring) > 0 && attempts.withLock { $0[job.id]?.contains(job.attempt) ?? false }
    }

    /// Whether that attempt at a job was cancelled; if so, this forgets it.
    func take(_ job: Job) -> Bool {
        // Mostly no job was cancelled, and this is asked for every job.
        if count.load(ordering: .acquiring) == 0 { return false }
        return change { attempts in
            guard attempts[job.id]?.remove(job.attempt) != nil else { return false }
            if attempts[job.id]?.isEmpty ?? false { attempts[job.id] = nil }
            return true
        }
    }

    private func change<Result: Sendable>(_ body: (inout [Job.ID: Set<Int>]) -> Result) -> Result {
        attempts.withLock { attempts in
            defer { count.store(attempts.count, ordering: .releasing) }
            return body(&attempts)
        }
    }
}
