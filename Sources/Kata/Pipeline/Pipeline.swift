public import Logging
import Synchronization

/// A named producer, a bounded queue and consumers, over a store.
///
/// There are two ways to end it, and they are not the same: ``drain()`` takes no more and finishes what it has;
/// ``giveUp()`` hands back what is not finished by then.
public final class Pipeline: Sendable {
    /// When ``run(_:)`` returns by itself.
    public enum Mode: Sendable {
        /// After one run: the unfinished one if there is one, or else a new one. If the source is endless, as soon as
        /// there is nothing to do.
        case once
        /// Never. An unfinished run is resumed; a pipeline that never ran starts its first run; then it waits for runs.
        case untilDrained
    }

    struct State {
        enum Phase {
            /// No run is under way. The last one is `nil` if there never was one.
            case idle(last: CurrentRun?)
            case running(CurrentRun)
        }

        var phase: Phase
        /// The counts of all runs but the one in ``phase``.
        var otherCounts: JobCounts
        /// How many consumers there are to be.
        var workerCount: Int

        /// The run under way, or else the last one.
        var current: CurrentRun? {
            switch phase {
            case .idle(let last): last
            case .running(let current): current
            }
        }
    }

    /// What the pipeline was made with. ``scale(to:)`` leaves it as it is.
    public let configuration: PipelineConfiguration
    let store: any JobStore
    let recorder: Recorder
    let runtime: Runtime
    let logger: Logger
    /// Opens when a drain begins.
    let takesNoMore = Latch()
    /// Opens when what is not finished is to be handed back.
    let givesUp = Latch()
    /// Shut while the pipeline is paused, closed by a drain.
    let gate: PauseGate
    let state: Mutex<State>
    /// The receipt of the last drain that is over; `nil` if there was none.
    let lastDrain: Mutex<DrainReceipt?>
    /// What keeps the pipeline from work.
    let troubles: Troubles
    /// Open while the handler can do no job.
    let breaker: CircuitBreaker
    let runQueue = RunQueue()
    /// Set when results were forgotten that an export may hold.
    let resultsWerePruned = AutoResetEvent()

    /// Reads from the store what was done before. If no other pipeline of this recorder has the name, this pipeline is
    /// told from here on what happens to its jobs; otherwise only after ``takeOver()``.
    ///
    /// - Throws: what the store threw.
    public init(
        configuration: PipelineConfiguration,
        store: any JobStore,
        recorder: Recorder,
        runtime: Runtime = Runtime(),
        logger: Logger
    ) async throws {
        self.configuration = configuration
        self.store = store
        self.recorder = recorder
        self.runtime = runtime
        var logger = logger
        logger[metadataKey: "pipeline"] = "\(configuration.name)"
        self.logger = logger
        let troubles = Troubles(wallClock: runtime.wallClock, logger: logger)
        let breaker = CircuitBreaker(clock: runtime.clock)
        self.troubles = troubles
        self.breaker = breaker
        let latest = try await store.latestRun(pipeline: configuration.name)
        let counts = try await store.counts(pipeline: configuration.name)
        state = Mutex(
            State(
                phase: .idle(
                    last: latest.map { run in
                        CurrentRun(
                            session: RunSession(
                                run: run, configuration: configuration, runtime: runtime, troubles: troubles,
                                breaker: breaker),
                            pool: ConsumerPool(count: configuration.workerCount))
                    }),
                otherCounts: counts - (latest?.counts ?? JobCounts()),
                workerCount: configuration.workerCount
            )
        )
        gate = PauseGate(isShut: try await store.isPaused(pipeline: configuration.name))
        lastDrain = Mutex(try await store.lastDrain(pipeline: configuration.name))
        recorder.observers.setIfFree(self, for: configuration.name)
    }

    /// The name that the configuration gives it, under which the store knows its runs.
    public var name: String { configuration.name }

    /// Works until the mode says so, or until the pipeline is drained.
    ///
    /// - Throws: what the source threw; ``RecorderFailure`` if the store failed.
    public func run(_ mode: Mode) async throws {
        try await withLiveExport(mode) {
            do {
                try await self.runInTurn(mode)
            } catch {
                await self.stopPlugins()
                throw error
            }
            await self.stopPlugins()
            if self.takesNoMore.isOpen { try await self.leaveReceipt() }
            try await self.recorder.flush()
        }
    }

    /// Takes over the name from another pipeline of the same recorder. From here on this pipeline is told of what
    /// happens to the jobs, including jobs that are still submitted to the other one. To be called before it runs.
    public func takeOver() {
        recorder.observers.set(self, for: name)
    }

    /// Starts another run, which is worked on when its turn comes.
    ///
    /// - Parameter waits: whether to wait while the store takes no writes.
    /// - Throws: ``StoreError/runUnfinished(pipeline:run:)``; ``PipelineError/draining(pipeline:)``; ``StoreFailure``
    ///   if the store takes no writes now and that is not to be waited for; ``RecorderFailure`` if the store failed.
    @discardableResult
    public func startRun(waits: Bool = true) async throws -> Run {
        if takesNoMore.isOpen { throw PipelineError.draining(pipeline: name) }
        let run = try await recorder.perform(waits: waits) { [configuration, runtime] transaction in
            try transaction.startRun(
                pipeline: configuration.name, items: configuration.itemCount, at: runtime.wallClock.now())
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
