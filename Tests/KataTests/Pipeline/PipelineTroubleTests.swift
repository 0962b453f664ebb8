import KataTestSupport
import KataTesting
import Synchronization
import Testing

@testable import Kata

/// What a pipeline does when one of its parts can't work for a while.
@Suite("A pipeline in trouble", .timeLimit(.minutes(10)))
struct PipelineTroubleTests {
    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Gives what it was given, batch after batch, and then nothing.
    private struct Script: JobSource {
        let batches: [@Sendable () throws -> SourceBatch]
        private let count = Notes<Void>()

        init(_ batches: (@Sendable () throws -> SourceBatch)...) {
            self.batches = batches
        }

        var extent: SourceExtent { .endless }
        var takesJobs: Bool { true }

        func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
            let index = count.all.count
            count.add(())
            if index < batches.count { return try batches[index]() }
            try await Latch().wait()
            throw CancellationError()
        }
    }

    /// Waits at a gate for what is not its own time, and then at another one for what is.
    private struct WaitingHandler: JobHandler {
        let gates: Gates
        let clock: any MonotonicClock

        func handle(_ job: Job, in context: JobContext) async throws {
            try await context.waiting(clock) { try await gates.pass("start") }
            try await gates.pass("own")
        }
    }

    private let store = MemoryJobStore()
    private let clock = ManualClock()
    private var fixture: PipelineFixture {
        var fixture = PipelineFixture(store: store, clock: clock)
        fixture.source = TestInbox()
        return fixture
    }

    @Test("costs a job nothing while its handler can do no job, and says so")
    func unavailable() async throws {
        let isDown = Atomic(true)
        let handler = TestHandler { _ in
            if isDown.load(ordering: .relaxed) { throw JobFailure("no database", retry: .unavailable) }
        }
        var fixture = fixture
        fixture.handler = handler
        fixture.workerCount = 4
        try await fixture.whileRunning(.untilDrained) { [fixture, clock] pipeline in
            let ids = try await pipeline.submit((1...20).map { NewJob(item: "\($0)") }).map(\.id)
            try await #require(eventually { pipeline.status().state == .waiting })
            let trouble = try #require(pipeline.status().trouble)
            #expect(trouble.part == .handler && trouble.reason == "no database")
            // Each of the jobs that had begun by then is put off, and no other one begins.
            try await #require(eventually { pipeline.status().counts.running == 0 })
            let begun = handler.handled.all.count
            #expect(begun <= fixture.workerCount)

            // A trial, which fails, and the next, which does not.
            try await #require(eventually { clock.sleeps.contains(.seconds(1)) })
            clock.advance(by: .seconds(1))
            try await #require(eventually { pipeline.status().trouble?.failures ?? 0 > begun })
            #expect(handler.handled.all.count == begun + 1)
            isDown.store(false, ordering: .relaxed)
            for id in ids {
                let isDone = try await eventually {
                    clock.advance(by: .seconds(1))
                    return try await fixture.store.job(id)?.state == .done
                }
                #expect(isDone)
            }
            #expect(pipeline.status().trouble == nil)
            try await #expect(eventually { pipeline.status().state == .idle })
            pipeline.drain()
        }
        for record in try await store.jobs(JobFilter(), before: .max, limit: 99) {
            #expect([record.job.attempt, record.job.interruptions] == [1, 0])
            try await #expect(store.attempts(job: record.job.id).count == 1)
        }
    }

    @Test("gives back what a handler that is down holds up, when it is drained")
    func drainedWhileDown() async throws {
        var fixture = fixture
        fixture.handler = TestHandler { _ in throw JobFailure("no database", retry: .unavailable) }
        try await fixture.whileRunning(.untilDrained) { pipeline in
            _ = try await pipeline.submit((1...20).map { NewJob(item: "\($0)") })
            try await #require(eventually { pipeline.status().state == .waiting })
            pipeline.drain()
        }
        let counts = try await store.counts(pipeline: "p")
        #expect(counts.pending + counts.scheduled == 20)
    }

    @Test("tells a source that follows its jobs of one that took too long, though its task was cancelled")
    func toldOfTimeout() async throws {
        let source = Follower()
        var fixture = fixture
        fixture.source = source
        fixture.store = CancellableReads(store)
        fixture.handler = TestHandler { _ in try await Latch().wait() }
        fixture.failures.timeout = .seconds(10)
        try await fixture.whileRunning(.untilDrained) { [clock] pipeline in
            _ = try await pipeline.submit([NewJob(item: "x")])
            try await #require(eventually { clock.sleeps.contains(.seconds(10)) })
            clock.advance(by: .seconds(10))
            try await #expect(eventually { source.settledJobs.all.map(\.state) == [.failed] })
            pipeline.drain()
        }
    }

    @Test("counts towards a timeout only the handler's own time")
    func ownTime() async throws {
        let gates = Gates()
        var fixture = fixture
        fixture.handler = WaitingHandler(gates: gates, clock: clock)
        fixture.failures.timeout = .seconds(10)
        try await fixture.whileRunning(.untilDrained) { [fixture, clock] pipeline in
            let id = try await pipeline.submit([NewJob(item: "x")])[0].id
            try await gates.waitForArrival(at: "start")
            for _ in 1...5 {
                try await #require(eventually { clock.sleeps.contains(.seconds(10)) })
                clock.advance(by: .seconds(10))
            }
            #expect(pipeline.status().counts.running == 1, "it has waited five times as long as it may work")
            gates.open("start")
            try await gates.waitForArrival(at: "own")
            try await #require(eventually { clock.sleeps.contains { $0 <= .seconds(10) && $0 > .seconds(9) } })
            clock.advance(by: .milliseconds(9_900))
            #expect(pipeline.status().counts.running == 1)
            let isOver = try await eventually {
                clock.advance(by: .milliseconds(100))
                return try await fixture.store.job(id)?.state == .failed
            }
            #expect(isOver)
            pipeline.drain()
        }
        try await #expect(store.record(1).error == "timed out after 10.000 s")
    }

    @Test("asks a source again whose jobs the store refuses, and does others meanwhile")
    func refusedJobs() async throws {
        var fixture = fixture
        fixture.source = Script(
            { SourceBatch(jobs: [NewJob(item: "orphan", after: [999])], progress: .at(cursor: "1")) },
            { SourceBatch(items: (0...1_000).map(String.init), progress: .at(cursor: "1")) },
            { SourceBatch(items: ["good"], progress: .at(cursor: "1")) })
        try await fixture.whileRunning(.untilDrained) { [fixture, clock] pipeline in
            try await #require(eventually { pipeline.status().trouble?.part == .source })
            #expect(pipeline.status().trouble?.reason.contains("999") == true)
            #expect(pipeline.status().state == .waiting)
            let id = try await pipeline.submit([NewJob(item: "other")])[0].id
            try await fixture.wait(for: id, toBe: .done)

            try await #require(eventually { clock.sleeps.contains(.seconds(1)) })
            clock.advance(by: .seconds(1))
            try await #require(eventually { pipeline.status().trouble?.failures == 2 })
            #expect(pipeline.status().trouble?.reason == "the source gave 1001 items at once, and 1000 were asked for")
            try await #require(eventually { clock.sleeps.contains(.seconds(2)) })
            clock.advance(by: .seconds(2))
            try await #expect(eventually { try await fixture.items().contains("good") })
            #expect(pipeline.status().trouble == nil)
            pipeline.drain()
        }
    }

    @Test("goes on after its jobs could not be read for a while")
    func unreadable() async throws {
        let isBroken = Atomic(true)
        let broken = BrokenReads(store) { isBroken.load(ordering: .relaxed) }
        var fixture = fixture
        fixture.store = broken
        try store.submit((1...5).map { NewJob(item: "\($0)") }, to: store.openRun("p"))
        try await fixture.whileRunning(.untilDrained) { [fixture, clock] pipeline in
            try await #require(eventually { pipeline.status().state == .failed })
            #expect(pipeline.status().trouble?.reason == "input/output error")
            isBroken.store(false, ordering: .relaxed)
            try await #require(eventually { clock.sleeps.contains(.seconds(1)) })
            clock.advance(by: .seconds(1))
            try await #expect(eventually { try await fixture.items().count == 5 })
            #expect(pipeline.status().trouble == nil)
            pipeline.drain()
        }
    }

    @Test("is not held up by what it waits for when it is drained")
    func drainedWhileFailed() async throws {
        var fixture = fixture
        fixture.store = BrokenReads(store) { true }
        try store.submit([NewJob(item: "x")], to: store.openRun("p"))
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await #require(eventually { pipeline.status().state == .failed })
            pipeline.drain()
        }
    }

    @Test("passes its failure on where nobody waits for another try")
    func once() async throws {
        var fixture = fixture
        fixture.store = BrokenReads(store) { true }
        try store.submit([NewJob(item: "x")], to: store.openRun("p"))
        let broken = fixture
        await #expect(throws: BrokenReads.Failure.self) { try await broken.run(.once) }
    }

    @Test("ends when it is cancelled, and does not begin session after session")
    func cancelled() async throws {
        let fixture = fixture
        try await fixture.withPipeline { pipeline in
            let task = Task { try await pipeline.run(.untilDrained) }
            try await #require(eventually { pipeline.status().run != nil })
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }
}

/// A store whose pending jobs can't be read as long as it is told so.
private final class BrokenReads: JobStore, ForwardingReader {
    struct Failure: Error, CustomStringConvertible {
        var description: String { "input/output error" }
    }

    let store: any JobStore
    var reader: any JobStoreReader { store }
    private let isBroken: @Sendable () -> Bool

    init(_ store: any JobStore, isBroken: @escaping @Sendable () -> Bool) {
        self.store = store
        self.isBroken = isBroken
    }

    func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
        try store.transaction(body)
    }

    func pendingJobs(
        run: Run.ID, priority: Int, keys: JobKeys, after id: Job.ID, through last: Job.ID, limit: Int
    ) async throws -> [Job] {
        if isBroken() { throw Failure() }
        return try await store.pendingJobs(
            run: run, priority: priority, keys: keys, after: id, through: last, limit: limit)
    }
}

/// Hears of the ends of jobs that are submitted.
private struct Follower: JobSource {
    let settledJobs = Notes<JobRecord>()
    var extent: SourceExtent { .endless }
    var takesJobs: Bool { true }
    var followsJobs: Bool { true }

    func settled(_ record: JobRecord) async { settledJobs.add(record) }

    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        try await Latch().wait()
        throw CancellationError()
    }
}

/// A store that reads nothing for a task that was cancelled, as one with a database.
private final class CancellableReads: JobStore, ForwardingReader {
    let store: any JobStore
    var reader: any JobStoreReader { store }

    init(_ store: any JobStore) {
        self.store = store
    }

    func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
        try store.transaction(body)
    }

    func job(_ id: Job.ID) async throws -> JobRecord? {
        try Task.checkCancellation()
        return try await store.job(id)
    }
}
