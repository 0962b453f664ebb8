public import Kata
public import Logging

/// A pipeline for tests of handlers and sources: all of it is in memory, and no time passes but what the test lets pass.
///
/// ```swift
/// let pipeline = try await TestPipeline(handler: Greeting(settings: ["language": "german"]))
/// let job = try await pipeline.submit(payload: Greeting.Payload(name: "Ada"))
/// try await pipeline.runUntilIdle()
/// #expect(try await pipeline.details(job).attempts.last?.output == "Hallo, Ada!")
/// ```
///
/// It is the pipeline of the daemon, with its queue, its retries and its limits. Jobs are begun, one step after the other, within
/// ``runUntilIdle()``, ``advance(by:)`` and ``runUntilFinished(within:)``; the other calls do no more of the work than they need. A
/// job that failed is tried again after the longest pause that its policy allows, where a daemon draws one by chance.
///
/// The clocks stand still otherwise. A handler that sleeps on the ``clock``, which it is given by
/// ``Kata/Plugin/init(settings:clock:wallClock:pipeline:logger:)``, waits until the test lets the time pass; one that waits for
/// anything else, a server's answer or `Task.sleep`, is waited for.
public actor TestPipeline {
    /// What the pipeline sleeps on. Stands still but for ``advance(by:)`` and ``runUntilFinished(within:)``.
    public nonisolated let clock: ManualClock
    /// Civil time, by which jobs are due. Goes with the ``clock``; set by the test, it is as a clock that somebody sets.
    public nonisolated let wallClock: ManualWallClock
    private let configuration: PipelineConfiguration
    private let logger: Logger
    private let hands = Hands()
    private var memory: MemoryJobStore
    private var life: TestLife

    /// A pipeline that takes jobs, or has the items of a source.
    ///
    /// - Parameters:
    ///   - handler: does the jobs.
    ///   - source: what the items come from; jobs that the test submits, if there is none.
    ///   - items: how many items a source emits whose extent is counted.
    ///   - workers: how many jobs may be in hand at once.
    ///   - failures: when a job is tried again that failed, and its timeout.
    ///   - limits: what holds jobs back although there are workers for them; nothing, unless told otherwise.
    ///   - clock: the one that the plugins were given.
    ///   - wallClock: the one that the plugins were given.
    ///   - logger: what the pipeline and its handler log to; it is dropped without one.
    public init(
        handler: any JobHandler, source: (any JobSource)? = nil, items: Int? = nil, workers: Int = 1,
        failures: FailurePolicy = FailurePolicy(), limits: WorkLimits = WorkLimits(),
        clock: ManualClock = ManualClock(),
        wallClock: ManualWallClock = ManualWallClock(), logger: Logger? = nil
    ) async throws {
        try await self.init(
            PipelineConfiguration(
                name: "test", queueSize: 10, itemCount: items, workerCount: workers, source: source ?? TestInbox(),
                handler: handler, failures: failures, limits: limits),
            clock: clock, wallClock: wallClock, logger: logger)
    }

    /// A pipeline from what a configuration file has under its name, written as a literal. Its plugins are given the clocks of the
    /// pipeline.
    ///
    /// ```swift
    /// let pipeline = try await TestPipeline(
    ///     settings: [
    ///         "queue_size": 10, "worker_count": 2, "retry": ["attempts": 3, "backoff": "10s"],
    ///         "producer": ["plugin": "inbox"], "consumer": ["plugin": "greet", "language": "german"],
    ///     ]
    /// ) { $0.register(handler: Greeting.self) }
    /// ```
    ///
    /// - Parameters:
    ///   - settings: the keys and values, without the pipeline's name.
    ///   - logger: what the pipeline and its plugins log to; it is dropped without one.
    ///   - register: registers the plugins, as for `Daemon.main`. Of the built-in ones there is `inbox`.
    /// - Throws: `ConfigurationFaults` with everything that is wrong with the settings.
    public init(
        settings: TestSettings, logger: Logger? = nil, _ register: (inout PluginRegistry) -> Void
    ) async throws {
        let (clock, wallClock) = (ManualClock(), ManualWallClock())
        var registry = PluginRegistry()
        registry.register(source: "inbox") { _, _ in TestInbox() }
        register(&registry)
        let report = ConfigurationSection.Report()
        let configuration = PipelineConfiguration(
            name: "test", node: settings.node, report: report, registry: registry,
            context: PluginContext(clock: clock, wallClock: wallClock, logger: logger ?? .silent))
        try report.throwIfFaulty()
        guard let configuration else { preconditionFailure("a configuration without faults was not made") }
        try await self.init(configuration, clock: clock, wallClock: wallClock, logger: logger)
    }

    /// A pipeline with everything that a configuration may say.
    ///
    /// - Parameters:
    ///   - configuration: with the source and the handler, already made.
    ///   - clock: the one that the plugins were given.
    ///   - wallClock: the one that the plugins were given.
    ///   - logger: what the pipeline and its handler log to; it is dropped without one.
    public init(
        _ configuration: PipelineConfiguration, clock: ManualClock = ManualClock(),
        wallClock: ManualWallClock = ManualWallClock(), logger: Logger? = nil
    ) async throws {
        var configuration = configuration
        configuration.source = WatchedSource(source: configuration.source, hands: hands)
        configuration.handler = WatchedHandler(handler: configuration.handler, hands: hands)
        self.configuration = configuration
        self.clock = clock
        self.wallClock = wallClock
        self.logger = logger ?? .silent
        memory = MemoryJobStore()
        life = try await TestLife(configuration, hands: hands, over: memory, clock, wallClock, self.logger)
    }

    /// What is recorded, as the daemon's database has it.
    public var store: any JobStoreReader { memory }

    /// Does everything that can be done without any time passing: it returns when each job is finished, or waits for a time or for
    /// another job, or its handler sleeps on the ``clock``.
    ///
    /// - Throws: what the pipeline failed with.
    public func runUntilIdle() async throws {
        try await life.settle()
    }

    /// Lets time pass, from one moment at which something happens to the next, and does what is to be done at each of them.
    ///
    /// - Throws: what the pipeline failed with.
    public func advance(by duration: Duration) async throws {
        let end = clock.now.advanced(by: duration)
        try await life.settle()
        while let next = nextWake, clock.now.advanced(by: next) < end {
            pass(next)
            try await life.settle()
        }
        pass(clock.now.duration(to: end))
        try await life.settle()
    }

    /// Lets as much time pass as it takes until no job is unfinished and no bounded source has more, retries included.
    ///
    /// - Parameter limit: how much time may pass at the most.
    /// - Throws: ``TestPipelineError`` if that does not come; what the pipeline failed with.
    public func runUntilFinished(within limit: Duration = .seconds(366 * 86_400)) async throws {
        let end = clock.now.advanced(by: limit)
        try await life.settle()
        while try await !isFinished() {
            guard let next = nextWake, clock.now.advanced(by: next) <= end else {
                throw TestPipelineError(unfinished: try await explainUnfinished())
            }
            pass(next)
            try await life.settle()
        }
    }

    /// Ends the pipeline as SIGTERM ends a daemon: it takes no more, and finishes what it has begun. Work is done again from
    /// the next ``restart()`` on.
    ///
    /// - Throws: ``TestPipelineError`` if a handler sleeps on the ``clock``: let the time pass first, or use ``restart()``, which is as
    ///   a kill.
    public func drain() async throws {
        life.pipeline.drain()
        try await life.settle()
        if !life.hasEnded { throw TestPipelineError(unfinished: try await explainUnfinished()) }
    }

    /// Starts anew with what was recorded, as a daemon does after a crash: what a handler has in hand is cut off, and is
    /// done again. After ``drain()`` nothing is in hand.
    ///
    /// - Throws: what the pipeline failed with.
    public func restart() async throws {
        // What the life before still does no longer reaches the store.
        memory = MemoryJobStore(copying: memory)
        life = try await TestLife(configuration, hands: hands, over: memory, clock, wallClock, logger)
    }

    /// Asks the pipeline for something, such as to pause it, to scale it, or to cancel a job.
    ///
    /// - Throws: what `body` throws.
    public func ask<Answer: Sendable>(
        _ body: @escaping @Sendable (Pipeline, JobSteering) async throws -> Answer
    ) async throws -> Answer {
        try await life.ask(body)
    }

    private func isFinished() async throws -> Bool {
        let counts = try await memory.counts(pipeline: configuration.name)
        if counts.pending + counts.scheduled + counts.waiting > 0 { return false }
        if configuration.source.extent == .endless { return true }
        return try await memory.latestRun(pipeline: configuration.name)?.progress == .exhausted
    }

    private func explainUnfinished() async throws -> [String] {
        let unfinished: Set<JobState> = [.pending, .scheduled, .waiting]
        let ids = try await memory.jobIDs(pipeline: configuration.name, states: unfinished, after: 0, limit: 10)
        var reasons: [String] = []
        for record in try await memory.jobs(ids, textLimit: .max) {
            reasons.append("job \(record.job.id): \(try await life.pipeline.explain(record).reason)")
        }
        return reasons.isEmpty ? ["the source has more items, and waits"] : reasons
    }

    /// How long it is until something happens by itself; `nil` if nothing will.
    private var nextWake: Duration? {
        let now = wallClock.now()
        return [clock.sleeps.first, wallClock.deadlines.first.map { now.duration(to: $0) }].compactMap { $0 }.min()
    }

    private func pass(_ time: Duration) {
        clock.advance(by: time)
        wallClock.advance(by: time)
    }
}
