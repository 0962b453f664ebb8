import Logging
import Synchronization

extension Pipeline {
    /// Changes how many consumers there are, until the pipeline is made anew. Consumers that are too many leave once
    /// they have finished the job in hand.
    ///
    /// - Parameter count: one of ``PipelineConfiguration/workerCounts``; any other is taken for the nearest of these.
    public func scale(to count: Int) {
        let count = PipelineConfiguration.workerCounts.nearest(to: count)
        let old = state.withLock { state in
            defer { state.workerCount = count }
            state.current?.pool.scale(to: count)
            return state.workerCount
        }
        if old != count { logger.notice("scaled", metadata: ["workers": "\(count)", "before": "\(old)"]) }
    }

    /// Begins no more jobs until the pipeline is resumed, in this process or a later one. Jobs in a handler's hands go
    /// on. Pausing again changes nothing.
    ///
    /// - Throws: ``StoreFailure`` if the store takes no writes now; ``RecorderFailure`` if it failed.
    public func pause() async throws {
        try await setPaused(true)
    }

    /// Ends a pause, if there is one.
    ///
    /// - Throws: ``StoreFailure`` if the store takes no writes now; ``RecorderFailure`` if it failed.
    public func resume() async throws {
        try await setPaused(false)
    }

    private func setPaused(_ isPaused: Bool) async throws {
        try await recorder.perform(waits: false) { [name, runtime] transaction in
            try transaction.setPaused(isPaused, pipeline: name, at: runtime.wallClock.now())
        } committed: { [observers = recorder.observers, name] in
            // It may not be this pipeline any more that has the name.
            observers[name]?.pauseChanged(isPaused)
        }
    }
}
