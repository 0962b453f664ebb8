import Logging

extension Pipeline {
    private static let pruneBatch = 500

    /// Forgets these jobs, as far as they are this pipeline's, are in that state and were finished before that time.
    ///
    /// - Precondition: the state is final.
    ///
    /// - Returns: how many jobs were forgotten.
    /// - Throws: ``StoreFailure`` if the store takes no writes now; ``RecorderFailure`` if it failed.
    public func prune(
        _ jobs: [Job.ID], _ state: JobState, finishedBefore time: Timestamp, search: JobSearch = JobSearch()
    ) async throws -> Int {
        let selection = PruneSelection(pipeline: name, state: state, finishedBefore: time, search: search)
        let count = try await recorder.perform(waits: false) { try $0.prune(jobs, selection) }
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
    public func prune(
        _ state: JobState, finishedBefore time: Timestamp, search: JobSearch = JobSearch()
    ) async throws -> Int {
        let selection = PruneSelection(pipeline: name, state: state, finishedBefore: time, search: search)
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

    /// Forgets the jobs that the configuration says are to be kept no longer, unless the clock has jumped, see
    /// ``RetentionClock``.
    ///
    /// - Throws: what the store threw; ``RecorderFailure`` if it failed.
    public func pruneByRetention() async throws {
        if configuration.retention.times.isEmpty { return }
        let now = runtime.wallClock.now()
        guard try await mayRetainBy(now) else { return }
        for (state, time) in configuration.retention.times where state.isFinal {
            try await drawBackEnds(state, after: now.advanced(by: max(time, Timestamp.clockTolerance)), to: now)
            _ = try await prune(state, finishedBefore: now.advanced(by: .zero - time))
        }
    }

    /// Looks whether retention may go by what the clock shows, and says so in the log.
    private func mayRetainBy(_ now: Timestamp) async throws -> Bool {
        let look = try await recorder.perform { [name] transaction in
            var clock = try transaction.retentionClock(pipeline: name)
            let look = clock.look(at: now)
            try transaction.saveRetentionClock(clock, pipeline: name)
            return look
        }
        switch look {
        case .trusted(let hadJumped):
            if hadJumped { logger.notice("retention goes by the clock again") }
            return true
        case .jumped(let step):
            logger.warning(
                "the clock is far from where retention saw it last; nothing is pruned by age until it has gone on for a day",
                metadata: [
                    "by_seconds": "\(step.formattedSeconds)",
                    "until": "\(now.advanced(by: RetentionClock.day).iso8601)",
                ])
            return false
        case .waiting: return false
        }
    }

    /// Has jobs count as finished now that a clock that was ahead says were finished later than they can be kept for: they
    /// are kept for no longer than from now on.
    private func drawBackEnds(_ state: JobState, after limit: Timestamp, to now: Timestamp) async throws {
        var count = 0
        var after: Job.ID = 0
        while true {
            let jobs = try await store.jobIDs(
                pipeline: name, state: state, finishedAfter: limit, after: after, limit: Self.pruneBatch)
            guard let end = jobs.last else { break }
            count += try await recorder.perform { try $0.drawBackEnds(of: jobs, after: limit, to: now) }
            after = end
        }
        if count == 0 { return }
        logger.warning(
            "jobs that a clock which was ahead has seen finished are kept as if they were finished now",
            metadata: ["state": "\(state.rawValue)", "jobs": "\(count)"])
    }
}
