/// Attempts at jobs, each known by its job and its number.
struct JobAttempts: Equatable, Sendable {
    private var attempts: [Job.ID: Set<Int>] = [:]

    init(_ attempts: [(job: Job.ID, attempt: Int)] = []) {
        for (job, attempt) in attempts { insert(job, attempt: attempt) }
    }

    /// At how many jobs.
    var jobCount: Int { attempts.count }

    var jobs: [Job.ID] { Array(attempts.keys) }

    func contains(_ job: Job) -> Bool { contains(job.id, attempt: job.attempt) }

    func contains(_ job: Job.ID, attempt: Int) -> Bool { attempts[job]?.contains(attempt) ?? false }

    mutating func insert(_ job: Job.ID, attempt: Int) {
        attempts[job, default: []].insert(attempt)
    }

    /// - Returns: whether the attempt was there.
    @discardableResult
    mutating func remove(_ job: Job.ID, attempt: Int) -> Bool {
        guard attempts[job]?.remove(attempt) != nil else { return false }
        if attempts[job]?.isEmpty ?? false { attempts[job] = nil }
        return true
    }

    mutating func subtract(_ others: JobAttempts) {
        for (job, numbers) in others.attempts {
            for attempt in numbers { remove(job, attempt: attempt) }
        }
    }

    func filter(_ isIncluded: (_ job: Job.ID, _ attempt: Int) -> Bool) -> JobAttempts {
        var result = JobAttempts()
        for (job, numbers) in attempts {
            let kept = numbers.filter { isIncluded(job, $0) }
            if !kept.isEmpty { result.attempts[job] = kept }
        }
        return result
    }
}
