public import Logging
public import Metrics
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
    /// The store, if other daemons use it, too.
    let shared: (any SharedJobStore)?
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
    /// What attempts have cost since the pipeline was made.
    let costs: CostStatistics
    let metrics: PipelineMetrics
    let runQueue = RunQueue()
    /// Successes that are expected and did not come in time, as of the last look.
    let overdue = Mutex<[Overdue]>([])
    /// Set when results were forgotten that an export may hold.
    let resultsWerePruned = AutoResetEvent()
    /// What was heard of other nodes last.
    let heard = Mutex(HeardNews())

    /// Reads from the store what was done before. If no other pipeline of this recorder has the name, this pipeline is
    /// told from here on what happens to its jobs; otherwise only after ``takeOver()``.
    ///
    /// - Parameters:
    ///   - configuration: what the pipeline is to do, and under which name.
    ///   - store: the one that the recorder writes to.
    ///   - recorder: records what becomes of the jobs.
    ///   - runtime: the clocks, the random numbers and the threads that it uses; the system's, unless told otherwise.
    ///   - factory: makes the instruments for its jobs; the factory that the program was set up with, unless told otherwise.
    ///   - logger: what it logs to; every message has the name of the pipeline with it.
    /// - Throws: what the store threw.
    public init(
        configuration: PipelineConfiguration,
        store: any JobStore,
        recorder: Recorder,
        runtime: Runtime = Runtime(),
        metrics factory: any MetricsFactory = MetricsSystem.factory,
        logger: Logger
    ) async throws {
        self.configuration = configuration
        self.store = store
        let shared = store as? any SharedJobStore
        self.shared = shared
        self.recorder = recorder
        self.runtime = runtime
        var logger = logger
        logger[metadataKey: "pipeline"] = "\(configuration.name)"
        self.logger = logger
        let troubles = Troubles(wallClock: runtime.wallClock, logger: logger)
        let breaker = CircuitBreaker(clock: runtime.clock)
        let costs = CostStatistics()
        let metrics = PipelineMetrics(pipeline: configuration.name, factory: factory)
        self.troubles = troubles
        self.breaker = breaker
        self.costs = costs
        self.metrics = metrics
        let latest = try await store.latestRun(pipeline: configuration.name)
        let counts = try await store.counts(pipeline: configuration.name)
        state = Mutex(
            State(
                phase: .idle(
                    last: latest.map { run in
                        CurrentRun(
                            session: RunSession(
                                run: run, configuration: configuration, runtime: runtime, troubles: troubles,
                                breaker: breaker, costs: costs, metrics: metrics, events: recorder.events),
                            pool: ConsumerPool(
                                count: configuration.workerCount, node: shared?.node, executor: runtime.executor))
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

    /// Takes over the name from another pipeline of the same recorder. From here on this pipeline is told of what
    /// happens to the jobs, including jobs that are still submitted to the other one. To be called before it runs.
    public func takeOver() {
        recorder.observers.set(self, for: name)
    }
}
