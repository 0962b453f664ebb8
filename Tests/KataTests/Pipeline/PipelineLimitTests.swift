import KataTestSupport
import Testing

@testable import Kata

@Suite("A pipeline with limits", .timeLimit(.minutes(10)))
struct PipelineLimitTests {
    @Test("has no more jobs of a key in hand than it may, in order, and those of others beside them")
    func concurrencyPerKey() async throws {
        let crowds = ["a": Crowd(), "b": Crowd()]
        let gates = Gates()
        gates.open("a")
        let handler = TestHandler { job in
            guard let key = job.key else { return try await gates.pass("free") }
            crowds[key]?.enter()
            await Task.yield()
            crowds[key]?.leave()
        }
        var fixture = PipelineFixture(workerCount: 8, queueSize: 8, source: TestInbox(), handler: handler)
        fixture.limits.concurrencyPerKey = 1
        try await fixture.whileRunning(.untilDrained) { [fixture] pipeline in
            let jobs = (0..<200).map { NewJob(item: "\($0)", key: $0 % 2 == 0 ? "a" : "b") }
            let ids = try await pipeline.submit(jobs + [NewJob(item: "free")]).map(\.id)
            try await gates.waitForArrival(at: "free")
            gates.openAll()
            for id in ids { try await fixture.wait(for: id, toBe: .done) }
            pipeline.drain()
        }
        for (key, crowd) in crowds {
            #expect(crowd.most == 1 && crowd.total == 100)
            let items = handler.handled.all.filter { $0.key == key }.map(\.item)
            #expect(items == items.byNumber)
        }
    }

    @Test("begins no job before its turn")
    func rate() async throws {
        let instants = Notes<MonotonicInstant>()
        let limit = RateLimit(count: 100, per: .seconds(1))
        var fixture = PipelineFixture(
            itemCount: 20, workerCount: 4, handler: TestHandler { _ in instants.add(PreciseClock().now) })
        fixture.limits.rate = limit
        let start = PreciseClock().now
        try await fixture.run()
        for (index, instant) in instants.all.sorted().enumerated() {
            #expect(start.duration(to: instant) >= limit.interval * index)
        }
        #expect(instants.all.count == 20)
    }

    @Test("does a cancelled job of a key that is held back never, and the others")
    func cancelled() async throws {
        let gates = Gates()
        let handler = TestHandler(gates: gates)
        var fixture = PipelineFixture(source: TestInbox(), handler: handler)
        fixture.limits.concurrencyPerKey = 1
        try await fixture.whileRunning(.untilDrained) { [fixture] pipeline in
            let ids = try await pipeline.submit((0..<4).map { NewJob(item: "\($0)", key: "k") }).map(\.id)
            try await gates.waitForArrival(at: "0")
            _ = try await fixture.steering(pipeline).cancel([ids[0], ids[2]])
            gates.openAll()
            for index in [1, 3] { try await fixture.wait(for: ids[index], toBe: .done) }
            pipeline.drain()
        }
        #expect(handler.handled.all.map(\.item) == ["0", "1", "3"])
    }
}
