import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A paused pipeline", .timeLimit(.minutes(10)))
struct PipelinePauseTests {
    private let gates = Gates()
    private let store = MemoryJobStore()
    private var fixture: PipelineFixture {
        PipelineFixture(store: store, workerCount: 1, source: TestInbox(), handler: handler)
    }
    private let handler: TestHandler

    init() {
        handler = TestHandler(gates: gates)
    }

    @Test("finishes what is in hand and begins nothing, until it is resumed")
    func resumed() async throws {
        gates.open("b")
        try await fixture.whileRunning(.untilDrained) { [gates, handler] pipeline in
            let ids = try await pipeline.submit(["a", "b"].map { NewJob(item: $0) }).map(\.id)
            try await gates.waitForArrival(at: "a")
            try await #expect(eventually { pipeline.status().queueDepth == 1 })
            try await pipeline.pause()
            #expect(pipeline.status().state == .paused)
            gates.open("a")
            try await fixture.wait(for: ids[0], toBe: .done)
            // The consumer has the next one and must not begin it.
            try await #expect(eventually { pipeline.status().queueDepth == 0 })
            #expect(handler.handled.all.map(\.item) == ["a"])
            #expect(pipeline.status().consumers.map(\.item) == [nil])
            #expect(pipeline.status().counts.pending == 1)
            try await pipeline.resume()
            #expect(pipeline.status().state == .running || pipeline.status().state == .idle)
            try await fixture.wait(for: ids[1], toBe: .done)
            pipeline.drain()
        }
        #expect(handler.handled.all.map(\.item) == ["a", "b"])
    }

    @Test("takes jobs, and does them later")
    func submitted() async throws {
        gates.openAll()
        try await fixture.whileRunning(.untilDrained) { [handler] pipeline in
            try await pipeline.pause()
            try await pipeline.pause()
            let ids = try await pipeline.submit((0..<5).map { NewJob(item: "\($0)") }).map(\.id)
            try await #expect(eventually { pipeline.status().counts.pending == 5 })
            #expect(handler.handled.all.isEmpty)
            try await pipeline.resume()
            for id in ids { try await fixture.wait(for: id, toBe: .done) }
            pipeline.drain()
        }
        #expect(handler.handled.all.map(\.item) == ["0", "1", "2", "3", "4"])
    }

    @Test("stays paused after a restart")
    func restarted() async throws {
        gates.openAll()
        try await fixture.withPipeline { try await $0.pause() }
        try await #expect(store.isPaused(pipeline: "p"))
        try await fixture.whileRunning(.untilDrained) { [handler, store] pipeline in
            #expect(pipeline.status().state == .paused)
            let id = try await pipeline.submit([NewJob(item: "x")])[0].id
            #expect(handler.handled.all.isEmpty)
            try await pipeline.resume()
            try await fixture.wait(for: id, toBe: .done)
            try await #expect(!store.isPaused(pipeline: "p"))
            pipeline.drain()
        }
    }

    @Test("does not try a handler that was down, before it is resumed")
    func handlerDown() async throws {
        let clock = ManualClock()
        let handler = TestHandler { job in
            if job.item == "a" { throw JobFailure("no database", retry: .unavailable) }
        }
        var fixture = fixture
        fixture.clock = clock
        // The first job must not be due again because this machine is busy.
        fixture.wallClock = ManualWallClock()
        fixture.handler = handler
        try await fixture.whileRunning(.untilDrained) { [fixture] pipeline in
            let ids = try await pipeline.submit(["a", "b"].map { NewJob(item: $0) }).map(\.id)
            // The first one is put off, and the consumer waits with the next one until the handler is tried again.
            try await fixture.wait(for: ids[0], toBe: .scheduled)
            try await #require(eventually { clock.sleeps.contains(.seconds(1)) && pipeline.status().queueDepth == 0 })
            try await pipeline.pause()
            clock.advance(by: .seconds(1))
            // Nothing else sleeps until then: the consumer has seen that it is time.
            try await #require(eventually { !clock.sleeps.contains { $0 > StartMarks.age } })
            for _ in 0..<1_000 { await Task.yield() }
            #expect(handler.handled.all.map(\.item) == ["a"])
            try await pipeline.resume()
            try await fixture.wait(for: ids[1], toBe: .done)
            pipeline.drain()
        }
    }

    @Test("is the one that has the name, even if the one before it is asked")
    func replaced() async throws {
        gates.openAll()
        try await fixture.withPipeline { old in
            let next = try await Pipeline(
                configuration: old.configuration, store: store, recorder: old.recorder, logger: PipelineFixture.logger)
            next.takeOver()
            async let run: Void = next.run(.untilDrained)
            let first = try await next.submit([NewJob(item: "first")])[0].id
            try await fixture.wait(for: first, toBe: .done)
            try await old.pause()
            #expect(next.status().state == .paused)
            try await old.resume()
            #expect(next.status().state != .paused)
            next.drain()
            try await run
        }
    }

    @Test("hands back what is on its queue when it is drained, and finishes what is in hand")
    func drained() async throws {
        let status = try await fixture.whileRunning(.untilDrained) { [gates] pipeline in
            _ = try await pipeline.submit(["a", "b", "c"].map { NewJob(item: $0) })
            try await gates.waitForArrival(at: "a")
            try await #expect(eventually { pipeline.status().queueDepth == 2 })
            try await pipeline.pause()
            pipeline.drain()
            gates.open("a")
            return pipeline
        }.status()
        let drain = try #require(status.drain)
        #expect([drain.finished, drain.wentBack, drain.cutOff] == [1, 2, 0])
        #expect(handler.handled.all.map(\.item) == ["a"])
        try await #expect(store.counts(pipeline: "p") == JobCounts(pending: 2, done: 1))
        try await #expect(store.isPaused(pipeline: "p"))
    }
}
