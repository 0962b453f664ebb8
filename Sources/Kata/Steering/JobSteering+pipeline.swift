/// Changes of all jobs of a pipeline.
extension JobSteering {
    /// Cancels every job of a pipeline that is there now and not finished, whatever state it comes to meanwhile.
    ///
    /// - Returns: how many jobs were cancelled for themselves; jobs that were cancelled because they waited for one of
    ///   these are not counted.
    /// - Throws: what the store threw; ``RecorderFailure`` if it failed.
    public func cancelAll(pipeline: String) async throws -> Int {
        guard let last = try await lastJob(of: pipeline) else { return 0 }
        // All states at once: a job that goes from one to another is seen in one of them.
        let unfinished = JobState.allCases.filter { !$0.isFinal }
        return try await changeAll(pipeline, Set(unfinished), through: last, by: cancel)
    }

    /// Gives every job of a pipeline that has failed by now one more attempt.
    ///
    /// - Returns: how many jobs were given one.
    /// - Throws: what the store threw; ``RecorderFailure`` if it failed.
    public func retryFailed(pipeline: String) async throws -> Int {
        guard let last = try await lastJob(of: pipeline) else { return 0 }
        return try await changeAll(pipeline, [.failed], through: last, by: retry)
    }

    private func lastJob(of pipeline: String) async throws -> Job.ID? {
        try await store.jobs(JobFilter(pipeline: pipeline), before: .max, limit: 1, textLimit: 0).first?.job.id
    }

    /// Changes the jobs in any of these states, page by page, up to the job `last`.
    ///
    /// - Returns: how many jobs were changed. A job that was finished meanwhile is passed over.
    private func changeAll(
        _ pipeline: String, _ states: Set<JobState>, through last: Job.ID,
        by change: ([Job.ID]) async throws -> [Result<[JobChange], StoreError>]
    ) async throws -> Int {
        var changed = 0
        var after: Job.ID = 0
        while true {
            let page = try await store.jobIDs(pipeline: pipeline, states: states, after: after, limit: Self.pageSize)
            let jobs = page.filter { $0 <= last }
            guard let next = jobs.last else { return changed }
            after = next
            for case .success in try await change(jobs) { changed += 1 }
        }
    }
}
