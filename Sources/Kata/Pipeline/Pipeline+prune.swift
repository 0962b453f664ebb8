import Logging

extension Pipeline {
    private static let pruneBatch = 500

    /// Forgets these jobs, as far as they are this pipeline's, are in that state and were finished before that time.
    ///
    /// - Precondition: the state is final.
    ///
    /// - Returns: how many jobs were forgotten.
    /// - Throws: ``RecorderFailure`` if the store failed.
    public func prune(_ jobs: [Job.ID], _ state: JobState, finishedBefore time: Timestamp) async throws -> Int {
        let selection = PruneSelection(pipeline: name, state: state, finishedBefore: time)
        let count = try await recorder.perform { try $0.prune(jobs, selection) }
        if count > 0 { resultsWerePruned.set() }
        return count
    }

    /// Forgets the jobs of this pipeline that are in that state and were finished before a time, at most 500 in a
    /// transaction.
    ///
    /// - Precondition: the state is final.
    ///
    /// - Returns: how many jobs were forgotten.
    /// - Throws: what the store threw; ``RecorderFailure`` if it failed.
    public func prune(_ state: JobState, finishedBefore time: Timestamp) async throws -> Int {
        let selection = PruneSelection(pipeline: name, state: state, finishedBefore: time)
        var count = 0
        var after: Job.ID = 0
        // Also of those before a failure.
        defer { if count > 0 { resultsWerePruned.set() } }
        while true {
            let jobs = try await store.prunableJobIDs(selection, after: after, limit: Self.pruneBatch)
            guard let end = jobs.last else { break }
            count += try await recorder.perform { try $0.prune(jobs, selection) }
            after = end
        }
        if count > 0 { logger.info("pruned", metadata: ["state": "\(state.rawValue)", "jobs": "\(count)"]) }
        return count
    }

    /// Forgets the jobs that the configuration says are to be kept no longer.
    ///
    /// - Throws: what the store threw; ``RecorderFailure`` if it failed.
    public func pruneByRetention() async throws {
        for (state, time) in configuration.retention.times where state.isFinal {
            _ = try await prune(state, finishedBefore: runtime.wallClock.now().advanced(by: .zero - time))
        }
    }
}
