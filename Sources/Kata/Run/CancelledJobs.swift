import Synchronization

/// Jobs that were cancelled after they were put on the queue, so that no consumer begins them.
final class CancelledJobs: Sendable {
    /// The attempts that were cancelled. A later attempt at the same job is not among them.
    private let attempts = Mutex(JobAttempts())
    private let count = Atomic(0)

    func add(_ job: Job.ID, attempt: Int) {
        change { $0.insert(job, attempt: attempt) }
    }

    func remove(_ others: JobAttempts) {
        change { $0.subtract(others) }
    }

    func contains(_ job: Job) -> Bool {
        count.load(ordering: .acquiring) > 0 && attempts.withLock { $0.contains(job) }
    }

    /// Whether that attempt at a job was cancelled; if so, this forgets it.
    func take(_ job: Job) -> Bool {
        // Mostly no job was cancelled, and this is asked for every job.
        if count.load(ordering: .acquiring) == 0 { return false }
        return change { $0.remove(job.id, attempt: job.attempt) }
    }

    private func change<Result: Sendable>(_ body: (inout JobAttempts) -> Result) -> Result {
        attempts.withLock { attempts in
            defer { count.store(attempts.jobCount, ordering: .releasing) }
            return body(&attempts)
        }
    }
}
