public import Logging
import Synchronization

/// A named producer, a bounded queue and consumers, over a store.
///
/// Two signals end it, and they are not the same: ``drain()`` takes no more and finishes what it has; ``giveUp()`` hands
/// back what is not finished by then.
public final class Pipeline: Sendable {
    /// When ``run(_:)`` returns by itself.
    public enum Mode: Sendable {
        /// After one run: the unfinished one if there is one, or else a new one.
        case once
        /// Never. An unfinished run is resumed; a pipeline that never ran starts its first run; then it waits for more.
        case untilDrained
    }

    enum State {
        /// No run is under way; this is what the latest one came to.
        case idle(latest: RunSession?)
        case running(RunSession)
    }

    public let configuration: PipelineConfiguration
    let store: any JobStore
    let recorder: Recorder
    let clock: any Clock<Duration>
    let logger: Logger
    let takesNoMore = Signal()
    let givesUp = Signal()
    let state: Mutex<State>
    /// The counts of all runs but the one in ``state``.
    let earlierCounts: Mutex<JobCounts>
    let lastDrain: Mutex<DrainReceipt?>
    /// The latest run that was asked for, so that none is worked on twice.
    private let lastRequested = Mutex<Run.ID>(0)
    private let requestedRuns: AsyncStream<Run>
    private let runRequests: AsyncStream<Run>.Continuation

    /// Reads from the store what was done before.
    public init(
        configuration: PipelineConfiguration,
        store: any JobStore,
        recorder: Recorder,
        clock: any Clock<Duration> = PreciseClock(),
        logger: Logger
    ) async throws {
        self.configuration = configuration
        self.store = store
        self.recorder = recorder
        self.clock = clock
        var logger = logger
        logger[metadataKey: "pipeline"] = "\(configuration.name)"
        self.logger = logger
        let latest = try await store.latestRun(pipeline: configuration.name)
        let counts = try await store.counts(pipeline: configuration.name)
        state = Mutex(
            .idle(latest: latest.map { RunSession(run: $0, configuration: configuration) }))
        earlierCounts = Mutex(counts - (latest?.counts ?? JobCounts()))
        lastDrain = Mutex(try await store.lastDrain(pipeline: configuration.name))
        (requestedRuns, runRequests) = AsyncStream.makeStream()
    }

    public var name: String { configuration.name }

    /// Works until the mode says so, or until it is drained.
    ///
    /// - Throws: what the source threw; ``RecorderFailure`` if the store failed.
    public func run(_ mode: Mode) async throws {
        try await withLiveExport {
            try await self.runInTurn(mode)
            if self.takesNoMore.hasFired { try await self.leaveReceipt() }
            try await self.recorder.flush()
        }
    }

    /// Starts another run.
    ///
    /// - Throws: ``StoreError/runUnfinished(pipeline:run:)``; ``PipelineError/draining(pipeline:)``;
    ///   ``RecorderFailure`` if the store failed.
    @discardableResult
    public func startRun() async throws -> Run {
        if takesNoMore.hasFired { throw PipelineError.draining(pipeline: name) }
        let run = try await recorder.perform { [configuration] transaction in
            try transaction.startRun(pipeline: configuration.name, items: configuration.itemCount, at: .now())
        }
        logger.info(
            "run started",
            metadata: ["run": "\(run.id)", "items": "\(run.items)", "workers": "\(configuration.workerCount)"])
        request(run)
        return run
    }

    /// Takes no more: the producer stops, consumers finish what is on the queue and in hand, then ``run(_:)`` returns.
    public func drain() {
        // Before the signal, because what finishes from here on was finished by the drain; and after it again, for a
        // run that began in between.
        beginDrainOfSession()
        takesNoMore.fire()
        beginDrainOfSession()
        runRequests.finish()
    }

    private func beginDrainOfSession() {
        if case .running(let session) = state.withLock({ $0 }) { session.progress.beginDrain() }
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

    /// The run under way, or else the latest one.
    var session: RunSession? {
        switch state.withLock({ $0 }) {
        case .idle(let latest): latest
        case .running(let session): session
        }
    }

    private func runInTurn(_ mode: Mode) async throws {
        if let run = try await store.unfinishedRun(pipeline: name) {
            logger.info(
                "run resumed",
                metadata: ["run": "\(run.id)", "finished": "\(run.counts.done + run.counts.failed)/\(run.items)"])
            request(run)
        } else if try await startsByItself(mode), !takesNoMore.hasFired {
            do {
                try await startRun()
            } catch StoreError.runUnfinished {
                // A client was quicker; its run is on the way.
            }
        }
        for await run in requestedRuns {
            if !takesNoMore.hasFired { try await execute(run) }
            if mode == .once { return }
        }
    }

    private func request(_ run: Run) {
        let isNew = lastRequested.withLock { last in
            defer { last = max(last, run.id) }
            return run.id > last
        }
        if isNew { runRequests.yield(run) }
    }

    private func startsByItself(_ mode: Mode) async throws -> Bool {
        switch mode {
        case .once: true
        case .untilDrained: try await store.latestRun(pipeline: name) == nil
        }
    }

    private func leaveReceipt() async throws {
        let receipt = session?.progress.receipt() ?? DrainReceipt(at: .now())
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
