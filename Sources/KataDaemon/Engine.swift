import Kata
import KataConfig
import Logging
import Metrics
import ServiceLifecycle
import Synchronization

/// Runs the pipelines, drains them, and exchanges them when the configuration changes.
final class Engine: Service {
    private let mode: Pipeline.Mode
    let store: any JobStore
    private let recorder: Kata.Recorder
    private let runtime: Runtime
    /// Makes the instruments of pipelines.
    private let metrics: any MetricsFactory
    let logger: Logger
    private let slots: Mutex<PipelineSlots>
    /// Pipelines that are to be run, each in a task of its own. The stream ends when none can come any more.
    private let started: AsyncStream<Pipeline>
    private let starting: AsyncStream<Pipeline>.Continuation
    /// Opens when the daemon drains.
    private let drains = Latch()
    /// Opens with the next reload, or when the daemon drains; then there is another one.
    private let nextChange = Mutex(Latch())
    /// Runs with jobs to do whose pipelines the configuration does not have.
    let orphanedRuns = Mutex<[Run]>([])
    /// What the first pipeline threw that failed by itself.
    private let failure = Mutex<(any Error)?>(nil)

    /// Reads from the store what the pipelines did before.
    ///
    /// - Throws: what the store threw.
    init(
        configuration: DaemonConfiguration, mode: Pipeline.Mode, store: any JobStore, recorder: Kata.Recorder,
        runtime: Runtime = Runtime(), metrics: any MetricsFactory = MetricsSystem.factory, logger: Logger
    ) async throws {
        self.metrics = metrics
        self.mode = mode
        self.store = store
        self.recorder = recorder
        self.runtime = runtime
        self.logger = logger
        slots = Mutex(PipelineSlots(configuration))
        (started, starting) = AsyncStream.makeStream()
        for entry in configuration.pipelines {
            let pipeline = try await makePipeline(entry)
            slots.withLock { $0.add(pipeline, node: entry.node) }
            // A reload may come before ``run()``, and starts those that it adds.
            starting.yield(pipeline)
        }
        try await lookForOrphanedRuns()
    }

    /// One pipeline for each slot, in the order of the configuration; pipelines that it no longer has, and that are
    /// still draining, come last.
    var pipelines: [Pipeline] { slots.withLock { $0.pipelines } }

    /// What the engine runs, as the service manager shows it.
    var summary: String { counted(slots.withLock { $0.configuredCount }, "pipeline") }

    var isDraining: Bool { slots.withLock { $0.isDraining } }

    var drainTimeout: Duration { slots.withLock { $0.drainTimeout } }

    /// Where plugins are found that are named without a path, as the latest configuration says.
    var pluginsDirectory: String { slots.withLock { $0.pluginsDirectory } }

    /// Runs until every pipeline has ended: by itself in mode `once`, or else by a drain.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed; the pipelines are cancelled then. Once all have ended, what the
    ///   first of them threw that failed by itself.
    func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                for await pipeline in started {
                    group.addTask { try await self.work(pipeline) }
                }
            }
        } onGracefulShutdown: {
            self.drain()
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Waits until the daemon's drain begins.
    ///
    /// - Throws: `CancellationError` if the task is cancelled first.
    func drainBegan() async throws {
        try await drains.wait()
    }

    /// Drains every pipeline. What is not finished within the drain timeout goes back to pending.
    func drain() {
        slots.withLock { $0.beginDrain() }
        drains.open()
        announceChange()
        for pipeline in pipelines { pipeline.drain() }
    }

    /// Stops at once: what is not finished goes back to pending.
    func giveUp() {
        drain()
        for pipeline in pipelines { pipeline.giveUp() }
        recorder.endPatience()
    }

    /// Takes over a new configuration. Pipelines that it changes are drained and go on with the new one; pipelines that
    /// it no longer has are drained; new ones start. While the daemon drains, nothing is changed.
    ///
    /// - Throws: what the store threw; the old configuration stays then.
    func reload(_ configuration: DaemonConfiguration) async throws {
        var made: [String: Pipeline] = [:]
        while true {
            switch slots.withLock({ $0.exchange(configuration, made: made) }) {
            case .needs(let entries):
                // While these are made another pipeline may end, for which one more is needed.
                for entry in entries { made[entry.configuration.name] = try await makePipeline(entry) }
            case .done(let leaving, let arriving):
                announceChange()
                for pipeline in leaving { pipeline.drain() }
                for pipeline in arriving { starting.yield(pipeline) }
                return await tryToLookForOrphanedRuns()
            }
        }
    }

    /// Works on a slot until no pipeline takes the place of the one that has ended.
    private func work(_ first: Pipeline) async throws {
        do {
            var pipeline = first
            // The daemon's drain may have begun before this pipeline was there.
            if isDraining { pipeline.drain() }
            while true {
                do {
                    try await runUntilDeadline(pipeline)
                } catch let error where !(error is RecorderFailure) && !Task.isCancelled {
                    // The others go on without it.
                    logger.error("a pipeline failed", metadata: ["pipeline": "\(pipeline.name)", "error": "\(error)"])
                    failure.withLock { $0 = $0 ?? error }
                }
                guard let next = try await replacement(of: pipeline) else { return }
                pipeline = next
            }
        } catch {
            // The task group throws the error only once its body has ended, and the body waits for this stream.
            starting.finish()
            throw error
        }
    }

    /// Runs a pipeline, and gives it up when its drain takes too long.
    private func runUntilDeadline(_ pipeline: Pipeline) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await pipeline.drainBegan()
                    try await self.runtime.clock.sleep(for: self.drainTimeout)
                    self.logger.warning("drain_timeout is over", metadata: ["pipeline": "\(pipeline.name)"])
                    pipeline.giveUp()
                    if self.isDraining { self.recorder.endPatience() }
                } catch is CancellationError {
                    // The pipeline ended in time.
                }
            }
            defer { group.cancelAll() }
            try await pipeline.run(mode)
        }
    }

    /// Makes the pipeline that takes the place of one that has ended. That the store can't be read now is no reason to
    /// end the daemon: after a pause the slot is asked again what is to follow, which a reload or a drain may have
    /// changed.
    ///
    /// - Returns: `nil` if nothing takes its place.
    /// - Throws: `CancellationError`.
    private func replacement(of old: Pipeline) async throws -> Pipeline? {
        var failures = 0
        while true {
            // Before the slot is asked, so that no change comes in between unseen.
            let change = nextChange.withLock { $0 }
            let (next, isLast) = slots.withLock { slots in
                (slots.end(old), slots.haveAllEnded && (slots.isDraining || mode == .once))
            }
            switch next {
            case .nothing:
                if isLast { starting.finish() }
                if !isDraining { await tryToLookForOrphanedRuns() }
                return nil
            case .make(let entry):
                do {
                    let pipeline = try await makePipeline(entry)
                    slots.withLock { $0.install(pipeline, for: entry) }
                    return pipeline
                } catch {
                    try Task.checkCancellation()
                    failures += 1
                    try await pause(after: failures, error, entry, until: change)
                }
            }
        }
    }

    /// Waits before a pipeline that could not be made is made again, at the longest until the change.
    ///
    /// - Throws: `CancellationError` if the task is cancelled.
    private func pause(
        after failures: Int, _ error: any Error, _ entry: DaemonConfiguration.Pipeline, until change: Latch
    ) async throws {
        let pause = Backoff.persistent.pause(after: failures)
        logger.error(
            "a pipeline could not be made and is tried again",
            metadata: [
                "pipeline": "\(entry.configuration.name)", "error": "\(error)",
                "in_seconds": "\(pause.formattedSeconds)",
            ])
        do {
            try await withCancellation(on: change) { [runtime] in try await runtime.clock.sleep(for: pause) }
        } catch is CancellationError where !Task.isCancelled {
            // The change.
        }
    }

    private func announceChange() {
        let change = nextChange.withLock { latch in
            defer { latch = Latch() }
            return latch
        }
        change.open()
    }

    private func makePipeline(_ entry: DaemonConfiguration.Pipeline) async throws -> Pipeline {
        try await Pipeline(
            configuration: entry.configuration, store: store, recorder: recorder, runtime: runtime, metrics: metrics,
            logger: logger)
    }
}
