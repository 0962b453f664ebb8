import Logging

extension Pipeline {
    private static let pruneBatch = 500

    /// Forgets those of these jobs that were finished before a time.
    ///
    /// - Returns: how many they were.
    /// - Throws: ``RecorderFailure``.
    public func prune(_ jobs: [Job.ID], _ state: JobState, finishedBefore time: Timestamp) async throws -> Int {
        let selection = PruneSelection(pipeline: name, state: state, finishedBefore: time)
        return try await recorder.perform { try $0.prune(jobs, selection) }
    }

    /// Forgets jobs of this pipeline that were finished before a time.
    ///
    /// - Returns: how many they were.
    /// - Throws: what the store threw; ``RecorderFailure``.
    public func prune(_ state: JobState, finishedBefore time: Timestamp) async throws -> Int {
        let selection = PruneSelection(pipeline: name, state: state, finishedBefore: time)
        var count = 0
        var after: Job.ID = 0
        while true {
            let jobs = try await store.prunableJobs(selection, after: after, limit: Self.pruneBatch).map(\.job.id)
            guard let end = jobs.last else { break }
            count += try await recorder.perform { try $0.prune(jobs, selection) }
            after = end
        }
        if count > 0 { logger.info("pruned", metadata: ["state": "\(state.rawValue)", "jobs": "\(count)"]) }
        return count
    }

    /// Forgets what the configuration says is to be kept no longer.
    ///
    /// - Throws: what the store threw; ``RecorderFailure``.
    public func pruneByRetention() async throws {
        for (state, time) in configuration.retention.times {
            _ = try await prune(state, finishedBefore: wallClock.now().advanced(by: .zero - time))
        }
    }
}
