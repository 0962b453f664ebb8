import Kata
import KataTestSupport
import KataTesting
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import KataConfig
@testable import KataDaemon

/// Reloads of the configuration while pipelines come and go.
@Suite("The engine", .timeLimit(.minutes(10)))
struct EngineTests {
    /// Lets each read of the latest run, with which the making of a pipeline begins, wait at a gate of the pipeline's name.
    private final class GatedStore: JobStore, ForwardingReader {
        let store = MemoryJobStore()
        var reader: any JobStoreReader { store }
        let gated: String
        let arrival = Latch()
        let gate = Latch()

        init(gated: String) {
            self.gated = gated
        }

        func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
            try store.transaction(body)
        }

        func latestRun(pipeline: String) async throws -> Run? {
            if pipeline == gated {
                arrival.open()
                try await gate.wait()
            }
            return try await store.latestRun(pipeline: pipeline)
        }
    }

    /// Can't read the latest run of one pipeline, with which its making begins, as long as a test says so.
    private final class FailingStore: JobStore, ForwardingReader {
        struct Failure: Error {}

        let store = MemoryJobStore()
        var reader: any JobStoreReader { store }
        let failing: String
        let fails = Mutex(false)

        init(failing: String) {
            self.failing = failing
        }

        func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
            try store.transaction(body)
        }

        func latestRun(pipeline: String) async throws -> Run? {
            if pipeline == failing && fails.withLock({ $0 }) { throw Failure() }
            return try await store.latestRun(pipeline: pipeline)
        }
    }

    private struct Inbox: JobSource {
        var extent: SourceExtent { .endless }
        var takesJobs: Bool { true }

        func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
            try await Latch().wait()
            throw CancellationError()
        }
    }

    private struct HoldingHandler: JobHandler {
        let hasBegun = Latch()
        let mayEnd = Latch()

        func handle(_ job: Job, in context: JobContext) async throws {
            hasBegun.open()
            try await mayEnd.wait()
        }
    }

    @Test("starts a pipeline anew that ends while others of a new configuration are made")
    func endedMeanwhile() async throws {
        let store = GatedStore(gated: "new")
        let handler = HoldingHandler()
        try await withEngine(configuration(["mail": handler]), store: store) { engine in
            _ = try await engine.pipelines[0].submit([NewJob(item: "x")])
            try await handler.hasBegun.wait()
            try await engine.reload(configuration([:]))
            #expect(engine.pipelines.map(\.name) == ["mail"], "its job is not finished")

            // The same pipeline again, beside one that takes a while to be made; meanwhile the old one ends.
            async let reload: Void = engine.reload(configuration(["mail": handler, "new": handler]))
            try await store.arrival.wait()
            handler.mayEnd.open()
            try await #require(eventually { engine.pipelines.isEmpty })
            store.gate.open()
            try await reload

            #expect(engine.pipelines.map(\.name).sorted() == ["mail", "new"])
            let pipeline = try #require(engine.pipelines.first { $0.name == "mail" })
            let job = try await pipeline.submit([NewJob(item: "y")])[0].id
            try await #expect(eventually { try await store.job(job)?.state == .done })
        }
    }

    @Test("loses no pipeline, however quickly it goes and comes")
    func goesAndComes() async throws {
        let store = MemoryJobStore()
        let handler = HoldingHandler()
        handler.mayEnd.open()
        try await withEngine(configuration(["mail": handler]), store: store) { engine in
            for round in 1...300 {
                try await engine.reload(configuration([:]))
                // At every step of its way out.
                for _ in 0..<(round % 40) { await Task.yield() }
                try await engine.reload(configuration(["mail": handler]))
                try #require(engine.pipelines.map(\.name) == ["mail"], "round \(round)")
            }
            let job = try await engine.pipelines[0].submit([NewJob(item: "x")])[0].id
            try await #expect(eventually { try await store.job(job)?.state == .done })
        }
    }

    @Test("has a request that still has the old pipeline done by the new one")
    func oldReference() async throws {
        let store = MemoryJobStore()
        let handler = HoldingHandler()
        handler.mayEnd.open()
        try await withEngine(configuration(["mail": handler]), store: store) { engine in
            let old = engine.pipelines[0]
            try await engine.reload(configuration(["mail": handler], queueSizes: ["mail": 7]))
            try await #require(eventually { engine.pipelines.first !== old })
            let job = try await old.submit([NewJob(item: "x")])[0].id
            try await #expect(eventually { try await store.job(job)?.state == .done })
        }
    }

    @Test("makes a pipeline after a pause that could not be made")
    func madeLater() async throws {
        let clock = ManualClock()
        try await withFailedReplacement(clock) { engine, store, _ in
            store.fails.withLock { $0 = false }
            clock.advance(by: .seconds(1))
            try await #require(eventually { engine.pipelines.contains { $0.configuration.queueSize == 7 } })
            let pipeline = try #require(engine.pipelines.first { $0.name == "mail" })
            let job = try await pipeline.submit([NewJob(item: "y")])[0].id
            try await #expect(eventually { try await store.job(job)?.state == .done })
        }
    }

    @Test("does not wait for a pipeline that can't be made when it drains, and cancels no other one")
    func drainedMeanwhile() async throws {
        let clock = ManualClock()
        try await withFailedReplacement(clock) { engine, store, other in
            let pipeline = try #require(engine.pipelines.first { $0.name == "other" })
            let job = try await pipeline.submit([NewJob(item: "x")])[0].id
            try await other.hasBegun.wait()
            engine.drain()
            try await #require(eventually { !clock.sleeps.contains(.seconds(1)) })
            other.mayEnd.open()
            try await #expect(eventually { try await store.job(job)?.state == .done })
            #expect(try await store.job(job)?.job.attempt == 1)
        }
        #expect(clock.now == MonotonicInstant(nanoseconds: 0))
    }

    @Test("gives up a pipeline that can't be made once a reload has removed it")
    func removedMeanwhile() async throws {
        let clock = ManualClock()
        try await withFailedReplacement(clock) { engine, _, other in
            try await engine.reload(configuration(["other": other]))
            try await #require(eventually { engine.pipelines.map(\.name) == ["other"] })
            #expect(!clock.sleeps.contains(.seconds(1)))
        }
        #expect(clock.now == MonotonicInstant(nanoseconds: 0))
    }

    @Test("says how many pipelines it runs, without those that only drain")
    func summary() async throws {
        let handler = HoldingHandler()
        try await withEngine(configuration(["mail": handler, "other": handler]), store: MemoryJobStore()) { engine in
            #expect(engine.summary == "2 pipelines")
            _ = try await engine.pipelines.first { $0.name == "mail" }?.submit([NewJob(item: "x")])
            try await handler.hasBegun.wait()
            try await engine.reload(configuration(["other": handler]))
            #expect(engine.summary == "1 pipeline")
        }
    }

    @Test("tells of jobs that wait in a pipeline that was removed, or has another name now")
    func orphanedRuns() async throws {
        let store = MemoryJobStore()
        let handler = HoldingHandler()
        try await withEngine(configuration(["mail": handler]), store: store) { engine in
            _ = try await engine.pipelines[0].submit([NewJob(item: "x")])
            try await handler.hasBegun.wait()
            #expect(engine.jobsOfUnknownPipelines.isEmpty)
        }
        let lines = Notes<String>()
        try await withEngine(configuration(["post": handler]), store: store, lines: lines) { engine in
            #expect(engine.jobsOfUnknownPipelines.map(\.pipeline) == ["mail"])
            #expect(engine.jobsOfUnknownPipelines.map(\.count) == [1])
            let warning = "jobs wait in a pipeline that the configuration does not have; was it given another name?"
            #expect(lines.all.filter { $0 == warning }.count == 1)
            try await engine.reload(configuration(["post": handler, "mail": handler]))
            #expect(engine.jobsOfUnknownPipelines.isEmpty)
            #expect(lines.all.filter { $0 == warning }.count == 1)
            // It drains and hands its job back, and from then on that is told.
            try await engine.reload(configuration(["post": handler]))
            engine.pipelines.first { $0.name == "mail" }?.giveUp()
            try await #require(eventually { engine.jobsOfUnknownPipelines.map(\.pipeline) == ["mail"] })
        }
    }

    /// Gives `body` an engine with the pipelines `mail` and `other`; the first one was changed and can't be made anew.
    private func withFailedReplacement(
        _ clock: ManualClock, _ body: (Engine, FailingStore, _ other: HoldingHandler) async throws -> Void
    ) async throws {
        let store = FailingStore(failing: "mail")
        let mail = HoldingHandler()
        mail.mayEnd.open()
        let other = HoldingHandler()
        try await withEngine(
            configuration(["mail": mail, "other": other]), store: store, runtime: Runtime(clock: clock)
        ) { engine in
            store.fails.withLock { $0 = true }
            try await engine.reload(configuration(["mail": mail, "other": other], queueSizes: ["mail": 7]))
            try await #require(eventually { clock.sleeps.contains(.seconds(1)) })
            try await body(engine, store, other)
        }
    }

    /// Gives `body` an engine that runs, and drains it afterwards.
    private func withEngine(
        _ configuration: DaemonConfiguration, store: any JobStore, runtime: Runtime = Runtime(),
        lines: Notes<String> = Notes(), _ body: (Engine) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in LogLines(lines) }
        let recorder = Recorder(store: store, logger: logger)
        let engine = try await Engine(
            configuration: configuration, mode: .untilDrained, store: store, recorder: recorder, runtime: runtime,
            logger: logger)
        let running = Task { try await engine.run() }
        do {
            try await body(engine)
        } catch {
            engine.giveUp()
            _ = await running.result
            await recorder.stop()
            throw error
        }
        engine.giveUp()
        try await running.value
        await recorder.stop()
    }

    private func configuration(
        _ handlers: [String: HoldingHandler], queueSizes: [String: Int] = [:]
    ) -> DaemonConfiguration {
        let origin = ConfigurationOrigin.setting("test")
        return DaemonConfiguration(
            drainTimeout: .seconds(60),
            pipelines: handlers.sorted { $0.key < $1.key }.map { name, handler in
                let queueSize = queueSizes[name] ?? 5
                return DaemonConfiguration.Pipeline(
                    configuration: PipelineConfiguration(
                        name: name, queueSize: queueSize, itemCount: nil, workerCount: 1, source: Inbox(),
                        handler: handler),
                    node: ConfigurationNode(.scalar("\(queueSize)"), origin: origin))
            })
    }
}
