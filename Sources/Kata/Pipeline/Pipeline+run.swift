import Logging
import Synchronization

/// A pipeline's work: one run after the other.
extension Pipeline {
    /// Works until the mode says so, or until the pipeline is drained.
    ///
    /// - Throws: what the source threw; ``RecorderFailure`` if the store failed.
    public func run(_ mode: Mode) async throws {
        try await withLiveExport(mode) {
            do {
                try await self.withPings { try await self.runInTurn(mode) }
            } catch {
                await self.stopPlugins()
                throw error
            }
            await self.stopPlugins()
            if self.takesNoMore.isOpen { try await self.leaveReceipt() }
            try await self.recorder.flush()
        }
    }

    /// Starts another run, which is worked on when its turn comes.
    ///
    /// - Parameter waits: whether to wait while the store takes no writes.
    /// - Throws: ``StoreError/runUnfinished(pipeline:run:)``; ``PipelineError/draining(pipeline:)``; ``StoreFailure``
    ///   if the store takes no writes now and that is not to be waited for; ``RecorderFailure`` if the store failed.
    @discardableResult
    public func startRun(waits: Bool = true) async throws -> Run {
        if takesNoMore.isOpen { throw PipelineError.draining(pipeline: name) }
        let run = try await recorder.perform(waits: waits) { [configuration, runtime, shared] transaction in
            let run = try transaction.startRun(
                pipeline: configuration.name, items: configuration.itemCount, at: runtime.wallClock.now())
            if let shared, configuration.source.bindsRuns {
                // It is this machine's file that is meant, whoever hears of the run first.
                _ = try shared.sourceProgress(of: run.id, isLocal: true, in: transaction)
            }
            return run
        }
        logger.info(
            "run started",
            metadata: [
                "run": "\(run.id)", "items": "\(run.items.map(String.init) ?? "unknown")",
                "workers": "\(state.withLock { $0.workerCount })",
            ])
        runQueue.add(run.id)
        return run
    }

    private func runInTurn(_ mode: Mode) async throws {
        try await withRetries(mode) { try await self.queueFirstRun(mode) }
        for await run in runQueue {
            runQueue.begin(run)
            try await withRetries(mode) { try await self.finish(run, mode) }
            runQueue.end(run)
            if mode == .once { return }
            if configuration.source.extent == .endless {
                try await withRetries(mode) { try await self.startRunUnlessThereIsOne() }
            }
        }
    }

    private func queueFirstRun(_ mode: Mode) async throws {
        if let run = try await store.unfinishedRun(pipeline: name) {
            logger.info("run resumed", metadata: ["run": "\(run.id)", "finished": "\(run.counts.finished)"])
            runQueue.add(run.id)
        } else if try await startsByItself(mode) {
            try await startRunUnlessThereIsOne()
        }
    }

    private func finish(_ run: Run.ID, _ mode: Mode) async throws {
        while !takesNoMore.isOpen {
            // A pipeline that was cancelled would find nothing to do in each session, and begin the next one at once.
            try Task.checkCancellation()
            // A job may have come back at the last moment; then the run is not finished, and there is more to do.
            let isFinished = try await execute(run, mode: mode)
            if isFinished || mode == .once && configuration.source.extent == .endless { return }
        }
    }

    /// Carries out a step of the pipeline's work. If it fails, that is shown in the status, and it is carried out again
    /// after a pause, until a drain begins; with `once` the error is passed on.
    ///
    /// - Throws: ``RecorderFailure``, after which no pipeline can work; `CancellationError`; in mode `once` any error.
    private func withRetries(_ mode: Mode, _ step: @Sendable () async throws -> Void) async throws {
        while true {
            do {
                try await step()
                troubles.end(.pipeline)
                return
            } catch let error where error is RecorderFailure || error is CancellationError {
                throw error
            } catch {
                let failures = troubles.failed(.pipeline, error).count
                if mode == .once || takesNoMore.isOpen { throw error }
                let pause = Backoff.persistent.pause(after: failures)
                logger.error(
                    "the pipeline failed and is tried again",
                    metadata: ["error": "\(error)", "in_seconds": "\(pause.formattedSeconds)"])
                do {
                    try await withCancellation(on: takesNoMore) { [runtime] in try await runtime.clock.sleep(for: pause)
                    }
                } catch is CancellationError where !Task.isCancelled {
                    return
                }
            }
        }
    }

    /// Source and handler may hold processes.
    private func stopPlugins() async {
        await configuration.source.stop()
        await configuration.handler.stop()
        await configuration.alarms?.ping?.stop()
    }

    private func startRunUnlessThereIsOne() async throws {
        if takesNoMore.isOpen { return }
        do {
            try await startRun()
        } catch let error as StoreError where error.code == .runUnfinished {
            // A client was quicker; its run is on the way.
        } catch let error as PipelineError where error.code == .draining {
            // The drain began just now.
        }
    }

    private func startsByItself(_ mode: Mode) async throws -> Bool {
        if configuration.source.extent == .endless { return true }
        return switch mode {
        case .once: true
        case .untilDrained: try await store.latestRun(pipeline: name) == nil
        }
    }
}
