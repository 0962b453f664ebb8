import Logging

extension Pipeline {
    /// Gives up what the source has not given yet of the run under way, for instance because it can't go on: the run takes
    /// no more of it, and is finished as soon as the jobs that it has are. The next run reads the source from its start.
    ///
    /// - Returns: the run.
    /// - Throws: ``PipelineError/noRun(pipeline:)`` if every run is finished; what the store threw; ``RecorderFailure`` if
    ///   it failed.
    @discardableResult
    public func abandonRun() async throws -> Run {
        guard let run = try await store.unfinishedRun(pipeline: name) else { throw PipelineError.noRun(pipeline: name) }
        // Waits for a store that takes no writes: once the source's reader was told, the run has to be abandoned in the store, too.
        let isAbandoned = try await recorder.perform { [self] transaction in
            guard try transaction.unfinishedRun(pipeline: name) == run.id else { return false }
            try transaction.add(items: [], to: run.id, progress: .exhausted, at: runtime.wallClock.now())
            // Before the commit: what the source gives meanwhile may be the next request of this transaction.
            currentRun(run.id)?.session.abandonSource()
            return true
        } committed: { [self] isAbandoned in
            guard isAbandoned else { return }
            if let session = currentRun(run.id)?.session {
                // Once more, for a session that was begun by the same commit.
                session.abandonSource()
                session.read(0, .exhausted)
            }
            troubles.forget(.source)
            logger.notice(
                "run abandoned", metadata: ["run": "\(run.id)", "unfinished": "\(run.counts.unfinished)"])
            // A run without a session gets one, which finishes it.
            runQueue.add(run.id)
        }
        if !isAbandoned { throw PipelineError.noRun(pipeline: name) }
        return run
    }
}
