public import Logging
import Synchronization

/// A named producer, a bounded queue and consumers, over a store.
///
/// Two signals end it, and they are not the same: ``drain()`` takes no more and finishes what it has; ``giveUp()`` hands
/// back what is not finished by then.
public final class Pipeline: Sendable {
    /// When ``run(_:)`` returns by itself.
    public enum Mode: Sendable {
        /// After one run: the unfinished one if there is one, or else a new one. If the source is endless, as soon as
        /// there is nothing to do.
        case once
        /// Never. An unfinished run is resumed; a pipeline that never ran starts its first run; then it waits for more.
        case untilDrained
    }

    struct State {
        enum Phase {
            /// No run is under way; this is what the latest one came to.
            case idle(latest: RunSession?)
            case running(RunSession)
        }

        var phase: Phase
        /// The counts of all runs but the one in ``phase``.
        var otherCounts: JobCounts
        /// How many consumers there are to be.
        var workerCount: Int

        /// The run under way, or else the latest one.
        var session: RunSession? {
            switch phase {
            case .idle(let latest): latest
            case .running(let session): session
            }
        }
    }

    public let configuration: PipelineConfiguration
    let store: any JobStore
    let recorder: Recorder
    let clock: any Clock<Duration>
    let wallClock: any WallClock
    let logger: Logger
    let takesNoMore = Signal()
    let givesUp = Signal()
    let gate: PauseGate
    let state: Mutex<State>
    let lastDrain: Mutex<DrainReceipt?>
    let runQueue = RunQueue()
    private let place = Mutex(PipelinePlace())

    /// Reads from the store what was done before.
    public init(
        configuration: PipelineConfiguration,
        store: any JobStore,
        recorder: Recorder,
        clock: any Clock<Duration> = PreciseClock(),
        wallClock: any WallClock = SystemWallClock(),
        logger: Logger
    ) async throws {
        self.configuration = configuration
        self.store = store
        self.recorder = recorder
        self.clock = clock
        self.wallClock = wallClock
        var logger = logger
        logger[metadataKey: "pipeline"] = "\(configuration.name)"
        self.logger = logger
        let latest = try await store.latestRun(pipeline: configuration.name)
        let counts = try await store.counts(pipeline: configuration.name)
        state = Mutex(
            State(
                phase: .idle(latest: latest.map { RunSession(run: $0, configuration: configuration) }),
                otherCounts: counts - (latest?.counts ?? JobCounts()),
                workerCount: configuration.workerCount
            )
        )
        gate = PauseGate(isShut: try await store.isPaused(pipeline: configuration.name))
        lastDrain = Mutex(try await store.lastDrain(pipeline: configuration.name))
    }

    public var name: String { configuration.name }

    /// Works until the mode says so, or until it is drained.
    ///
    /// - Throws: what the source threw; ``RecorderFailure`` if the store failed.
    public func run(_ mode: Mode) async throws {
        try await withLiveExport {
            do {
                try await self.runInTurn(mode)
            } catch {
                await self.stopPlugins()
                throw error
            }
            await self.stopPlugins()
            if self.takesNoMore.hasFired { try await self.leaveReceipt() }
            try await self.recorder.flush()
        }
    }

    /// Takes no more: the producer stops, consumers finish what is on the queue and in hand, then ``run(_:)`` returns.
    ///
    /// What is on the queue of a paused pipeline goes back.
    public func drain() {
        // Before the signal, because what finishes from here on was finished by the drain; and after it again, for a
        // run that began in between.
        beginDrainOfSession()
        takesNoMore.fire()
        beginDrainOfSession()
        gate.close()
        runQueue.finish()
    }

    /// Has `pipeline`, which takes this one's place, told of what is still submitted to this one. To be called before that
    /// one runs.
    public func handOver(to pipeline: Pipeline) {
        let place = place.withLock { $0 }
        pipeline.place.withLock { $0 = place }
        place.take(pipeline)
    }

    /// The pipeline that has taken this one's place, or else this one.
    var latest: Pipeline { place.withLock { $0 }.pipeline ?? self }

    private func beginDrainOfSession() {
        if case .running(let session) = state.withLock({ $0.phase }) { session.progress.beginDrain() }
    }

    /// Waits until a drain begins.
    ///
    /// - Throws: `CancellationError` if the task is cancelled first.
    public func drainBegan() async throws {
        try await takesNoMore.wait()
    }

    /// Hands back what is not finished: cuts off the handlers and leaves the rest of the queue. Implies ``drain()``.
    public func giveUp() {
        drain()
        givesUp.fire()
    }

    private func runInTurn(_ mode: Mode) async throws {
        if let run = try await store.unfinishedRun(pipeline: name) {
            logger.info("run resumed", metadata: ["run": "\(run.id)", "finished": "\(run.counts.finished)"])
            runQueue.add(run.id)
        } else if try await startsByItself(mode) {
            try await startRunUnlessThereIsOne()
        }
        for await run in runQueue {
            runQueue.begin(run)
            while !takesNoMore.hasFired {
                // A job may have come back at the last moment; then there is more to do.
                let isFinished = try await execute(run, mode: mode)
                if isFinished || mode == .once && configuration.source.extent == .endless { break }
            }
            runQueue.end(run)
            if mode == .once { return }
            if configuration.source.extent == .endless { try await startRunUnlessThereIsOne() }
        }
    }

    /// They may hold processes.
    private func stopPlugins() async {
        await configuration.source.stop()
        await configuration.handler.stop()
    }

    private func startRunUnlessThereIsOne() async throws {
        if takesNoMore.hasFired { return }
        do {
            try await startRun()
        } catch StoreError.runUnfinished {
            // A client was quicker; its run is on the way.
        } catch PipelineError.draining {
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

    private func leaveReceipt() async throws {
        let receipt = state.withLock { $0.session }?.progress.receipt() ?? DrainReceipt(at: .now())
        lastDrain.withLock { $0 = receipt }
        try await recorder.perform { [name] transaction in try transaction.saveDrain(receipt, of: name) }
        logger.notice(
            "drained",
            metadata: [
                "finished": "\(receipt.finished)", "went_back": "\(receipt.wentBack)", "cut_off": "\(receipt.cutOff)",
            ]
        )
    }
}
