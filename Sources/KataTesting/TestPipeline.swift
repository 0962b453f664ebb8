public import Kata
public import Logging

/// A pipeline for tests of handlers and sources: what it records is in memory, and no time passes but what the test lets pass.
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
/// The clocks stand still otherwise. A handler that sleeps on the ``clock``, which a plugin that is made in the call of the
/// initializer is given, waits until the test lets the time pass. One that waits for anything else, such as a server's answer or
/// `Task.sleep`, is waited for, and so is a source that ends by itself; an endless source may wait for its next item for ever, and
/// is not waited for. A handler should sleep in its own task or in child tasks: of the sleeps of detached tasks nothing is known.
///
/// Each call throws `CancellationError` if the test's task is cancelled.
public actor TestPipeline {
    /// What a life of the pipeline is made from, with plugins of its own.
    private typealias Making = @Sendable (PipelineTime) throws -> PipelineConfiguration

    /// What the pipeline sleeps on. Stands still but for ``advance(by:)`` and ``runUntilFinished(within:)``.
    public nonisolated let clock: ManualClock
    /// Civil time, by which jobs are due. Goes with the ``clock``; set by the test, it is as a clock that somebody sets.
    public nonisolated let wallClock: ManualWallClock
    private let time: PipelineTime
    private let logger: Logger
    private let make: Making
    private var memory: MemoryJobStore
    private var life: TestLife

    /// A pipeline that takes jobs, or has the items of a source.
    ///
    /// - Parameters:
    ///   - handler: made anew by each ``restart()``, as by a daemon that is started again; a value from outside stays the same one.
    ///   - source: what the items come from, made in the same way; jobs that the test submits, if there is none.
    ///   - items: how many items a source emits whose extent is counted.
    ///   - workers: how many jobs may be in hand at once.
    ///   - failures: when a job is tried again that failed, and its timeout.
    ///   - limits: what holds back jobs although there are workers for them.
    ///   - clock: the one of plugins that were made before.
    ///   - wallClock: the one of plugins that were made before.
    ///   - logger: what the pipeline and its handler log to; it is dropped without one.
    /// - Throws: what making the plugins throws.
    public init(
        handler: @autoclosure @escaping @Sendable () throws -> any JobHandler,
        source: @autoclosure @escaping @Sendable () throws -> (any JobSource)? = nil, items: Int? = nil,
        workers: Int = 1,
        failures: FailurePolicy = FailurePolicy(), limits: WorkLimits = WorkLimits(),
        clock: ManualClock = ManualClock(),
        wallClock: ManualWallClock = ManualWallClock(), logger: Logger? = nil
    ) async throws {
        try await self.init(clock, wallClock, logger) { _ in
            PipelineConfiguration(
                name: "test", queueSize: 10, itemCount: items, workerCount: workers,
                source: try source() ?? TestInbox(),
                handler: try handler(), failures: failures, limits: limits)
        }
    }

    /// A pipeline from what a configuration file has under its name, written as a literal. Its plugins are given the clocks of the
    /// pipeline, and are made anew by each ``restart()``.
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
    ///   - settings: the keys of the pipeline. An `export` is written to a real file.
    ///   - logger: what the pipeline and its plugins log to; it is dropped without one.
    ///   - register: registers the plugins, as for `Daemon.main`. Of the built-in ones there is `inbox`.
    /// - Throws: `ConfigurationFaults` with everything that is wrong with the settings.
    public init(
        settings: TestSettings, logger: Logger? = nil, _ register: (inout PluginRegistry) -> Void
    ) async throws {
        var registry = PluginRegistry()
        registry.register(source: "inbox") { _, _ in TestInbox() }
        register(&registry)
        try await self.init(ManualClock(), ManualWallClock(), logger) { [registry] time in
            let report = ConfigurationSection.Report()
            let configuration = PipelineConfiguration(
                name: "test", node: settings.node, report: report, registry: registry,
                context: PluginContext(clock: time.clock, wallClock: time.wallClock, logger: logger ?? .silent))
            try report.throwIfFaulty()
            guard let configuration else { preconditionFailure("a configuration without faults was not made") }
            return configuration
        }
    }

    /// A pipeline with everything that a configuration may say.
    ///
    /// - Parameters:
    ///   - configuration: made anew by each ``restart()``, with its plugins; a value from outside stays the same one.
    ///   - clock: the one of plugins that were made before.
    ///   - wallClock: the one of plugins that were made before.
    ///   - logger: what the pipeline and its handler log to; it is dropped without one.
    /// - Throws: what making the configuration throws.
    public init(
        _ configuration: @autoclosure @escaping @Sendable () throws -> PipelineConfiguration,
        clock: ManualClock = ManualClock(), wallClock: ManualWallClock = ManualWallClock(), logger: Logger? = nil
    ) async throws {
        try await self.init(clock, wallClock, logger) { _ in try configuration() }
    }

    private init(
        _ clock: ManualClock, _ wallClock: ManualWallClock, _ logger: Logger?, _ make: @escaping Making
    ) async throws {
        self.clock = clock
        self.wallClock = wallClock
        self.logger = logger ?? .silent
        self.make = make
        time = PipelineTime(clock, wallClock)
        memory = MemoryJobStore()
        life = try await Self.begin(make, over: memory, time, self.logger)
    }

    /// What is recorded, as the daemon's database has it. After ``restart()`` it is another object.
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
        while let next = time.nextWake, clock.now.advanced(by: next) < end {
            time.pass(next)
            try await life.settle()
        }
        if clock.now < end { time.pass(clock.now.duration(to: end)) }
        try await life.settle()
    }

    /// Lets as much time pass as it takes until no job is unfinished and no bounded source has more, retries included.
    ///
    /// - Parameter limit: how much time may pass at the most.
    /// - Throws: ``TestPipelineError`` if that does not come; what the pipeline failed with.
    public func runUntilFinished(within limit: Duration = .seconds(86_400)) async throws {
        let end = clock.now.advanced(by: limit)
        try await life.settle()
        while try await !isFinished() {
            guard !life.hasStrangeClock, let next = time.nextWake, clock.now.advanced(by: next) <= end else {
                throw TestPipelineError(unfinished: try await explainUnfinished())
            }
            time.pass(next)
            try await life.settle()
        }
    }

    /// Ends the pipeline as SIGTERM ends a daemon: it takes no more, and finishes what it has begun. Work is done again from
    /// the next ``restart()`` on.
    ///
    /// - Throws: ``TestPipelineError`` if a handler sleeps on the ``clock``: let the time pass first, or use ``restart()``, which is as
    ///   a kill. The drain goes on all the same; what the pipeline failed with.
    public func drain() async throws {
        life.pipeline.drain()
        try await life.settle()
        if !life.hasEnded { throw TestPipelineError(unfinished: try await explainUnfinished()) }
    }

    /// Starts anew with what was recorded, as a daemon does after a crash: what a handler has in hand is cut off, and is
    /// done again. After ``drain()`` nothing is in hand. The plugins are made anew, and those before are told nothing.
    ///
    /// - Throws: what making the plugins throws.
    public func restart() async throws {
        let copy = MemoryJobStore(copying: memory)
        // What it still does no longer reaches the store.
        life.cutOff()
        let next = try await Self.begin(make, over: copy, time, logger)
        (memory, life) = (copy, next)
    }

    /// Asks the pipeline for something, such as to pause it, to scale it, or to cancel a job.
    ///
    /// - Throws: what `body` throws; ``TestPipelineError`` if it waits for time to pass.
    public func ask<Answer: Sendable>(
        _ body: @escaping @Sendable (Pipeline, JobSteering) async throws -> Answer
    ) async throws -> Answer {
        try await life.ask(body)
    }

    private static func begin(
        _ make: Making, over store: MemoryJobStore, _ time: PipelineTime, _ logger: Logger
    ) async throws -> TestLife {
        let configuration = try PipelineTime.$current.withValue(time) { try make(time) }
        return try await TestLife(configuration, over: store, time, logger)
    }
}

/// How far it is.
extension TestPipeline {
    /// How many unfinished jobs are explained.
    private static let explanationLimit = 10

    private func isFinished() async throws -> Bool {
        let configuration = life.pipeline.configuration
        let counts = try await memory.counts(pipeline: configuration.name)
        if counts.pending + counts.scheduled + counts.waiting > 0 { return false }
        if configuration.source.extent == .endless { return true }
        return try await memory.latestRun(pipeline: configuration.name)?.progress == .exhausted
    }

    private func explainUnfinished() async throws -> [String] {
        let unfinished: Set<JobState> = [.pending, .scheduled, .waiting]
        let name = life.pipeline.configuration.name
        let counts = try await memory.counts(pipeline: name)
        let ids = try await memory.jobIDs(
            pipeline: name, states: unfinished, after: 0, limit: Self.explanationLimit)
        var reasons: [String] = []
        for record in try await memory.jobs(ids, textLimit: .max) {
            reasons.append("job \(record.job.id): \(try await life.pipeline.explain(record).reason)")
        }
        let more = counts.pending + counts.scheduled + counts.waiting - ids.count
        if more > 0 { reasons.append("and \(more) more") }
        if reasons.isEmpty { reasons.append("the source has more items: \(life.pipeline.explainWork().reason)") }
        if life.hasStrangeClock {
            reasons.append("a plugin sleeps on a clock that is not the pipeline's, and nobody lets time pass there")
        }
        return reasons
    }
}
