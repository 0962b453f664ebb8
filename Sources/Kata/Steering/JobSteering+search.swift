/// Changes of many jobs at once. Which jobs are meant is found out first, so that nothing joins them that comes about meanwhile.
extension JobSteering {
    /// How many jobs are looked for at a time.
    private static let searchLimit = 10_000

    /// The ids of all jobs that are looked for, in order. However many jobs there are, no other read waits for long.
    ///
    /// - Parameters:
    ///   - search: the conditions that all of them meet.
    ///   - id: only jobs with smaller ids.
    /// - Throws: what the store threw; `CancellationError`.
    public func find(_ search: JobSearch, before id: Job.ID = .max) async throws -> [Job.ID] {
        var found: [Job.ID] = []
        var before = id
        while true {
            let page = try await store.search(search, before: before, limit: Self.searchLimit)
            found += page.jobs
            guard let next = page.next else { return found.sorted() }
            before = next
            try Task.checkCancellation()
        }
    }

    /// As many of the jobs that are looked for as are found in a while.
    ///
    /// - Parameters:
    ///   - search: the conditions that all of them meet.
    ///   - id: only jobs with smaller ids.
    ///   - count: after how many no more are looked for.
    ///   - time: how long that while is.
    /// - Returns: also whether these are all.
    /// - Throws: what the store threw; `CancellationError`.
    public func find(
        _ search: JobSearch, before id: Job.ID = .max, most count: Int, within time: Duration
    ) async throws -> (jobs: [Job.ID], areAll: Bool) {
        let end = clock.now.advanced(by: time)
        var found: [Job.ID] = []
        var next: Job.ID? = id
        while let before = next, found.count < count, clock.now < end {
            let page = try await store.search(search, before: before, limit: min(Self.searchLimit, count - found.count))
            found += page.jobs
            next = page.next
        }
        return (found.sorted(), next == nil)
    }

    /// Gives these jobs one more attempt, now, as far as they are still in one of these states; as ``retry(_:)``.
    ///
    /// - Returns: how many jobs were given one.
    /// - Throws: ``RecorderFailure`` if the store failed; ``StoreFailure`` if it takes no writes now.
    public func retry(_ jobs: [Job.ID], in states: Set<JobState>) async throws -> Int {
        try await inPages(jobs) { page in
            try await change(page) { [observers = recorder.observers] transaction, job, time in
                transaction.keepUniqueKeys(of: observers.cancelledInHand)
                let change = try transaction.retry(job, at: time)
                // What was written is taken back.
                guard states.contains(change.old) else {
                    throw StoreError.wrongState(job: job, state: change.old, action: "retry")
                }
                try transaction.reopenRun(change.runID)
                return [change]
            }
        }
    }

    /// Cancels these jobs, as far as they are not finished; as ``cancel(_:)``.
    ///
    /// - Returns: how many jobs were cancelled for themselves.
    /// - Throws: ``RecorderFailure`` if the store failed; ``StoreFailure`` if it takes no writes now.
    public func cancelAll(_ jobs: [Job.ID]) async throws -> Int {
        try await inPages(jobs, by: cancel)
    }

    private func inPages(
        _ jobs: [Job.ID], by change: ([Job.ID]) async throws -> [Result<[JobChange], StoreError>]
    ) async throws -> Int {
        var changed = 0
        for start in stride(from: 0, to: jobs.count, by: Self.pageSize) {
            let page = Array(jobs[start..<min(start + Self.pageSize, jobs.count)])
            for case .success in try await change(page) { changed += 1 }
        }
        return changed
    }
}
