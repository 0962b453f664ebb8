import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("What a pipeline says of a job", .timeLimit(.minutes(10)))
struct PipelineExplainTests {
    private let gates = Gates()
    private let store = MemoryJobStore()
    private let clock = ManualWallClock()
    private var fixture: PipelineFixture {
        PipelineFixture(
            store: store, workerCount: 1, source: TestInbox(), handler: TestHandler(gates: gates), wallClock: clock)
    }

    @Test("is where it is, and what is in its way")
    func states() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates, fixture, store] pipeline in
            let ids = try await pipeline.submit(["a", "b", "c"].map { NewJob(item: $0) }).map(\.id)
            let waiting = try await pipeline.submit([NewJob(item: "w", after: [ids[0], ids[1]])])[0].id
            let later = try await pipeline.submit([NewJob(item: "l", runAt: .sample(after: .seconds(60)))])[0].id
            try await gates.waitForArrival(at: "a")
            func explain(_ id: Job.ID) async throws -> Explanation { try await pipeline.explain(store.record(id)) }
            try await #expect(explain(ids[0]) == Explanation(.running, "it is in the hands of c1"))
            try await #expect(
                explain(ids[1]) == Explanation(.noWorker, "the worker is busy; 1 job is ahead of it or in hand"))
            try await #expect(
                explain(ids[2]) == Explanation(.noWorker, "the worker is busy; 2 jobs are ahead of it or in hand"))
            try await #expect(
                explain(waiting) == Explanation(.waiting, "it waits for jobs \(ids[0]), \(ids[1])"))
            try await #expect(
                explain(later) == Explanation(.scheduled, "it waits until 2026-02-01T00:00:59.999Z"))
            try await pipeline.pause()
            try await #expect(explain(ids[1]).code == .paused)
            pipeline.drain()
            try await #expect(explain(ids[1]).code == .draining)
            gates.openAll()
            try await fixture.wait(for: ids[0], toBe: .done)
            try await #expect(explain(ids[0]) == Explanation(.finished, "it is done"))
        }
    }

    @Test("is that its handler is down: since when, why, and when it is tried again")
    func handlerDown() async throws {
        var fixture = fixture
        let steady = ManualClock()
        fixture.clock = steady
        fixture.workerCount = 2
        fixture.handler = TestHandler { [gates] job in
            if job.item != "a" { try await gates.pass("trial") }
            throw JobFailure("no database", retry: .unavailable)
        }
        try await fixture.whileRunning(.untilDrained) { [gates, store] pipeline in
            let id = try await pipeline.submit([NewJob(item: "a")])[0].id
            try await #require(eventually { try await store.record(id).state == .scheduled })
            let others = try await pipeline.submit([NewJob(item: "b"), NewJob(item: "c")]).map(\.id)
            let later = try await pipeline.submit([NewJob(item: "l", runAt: .sample(after: .seconds(60)))])[0].id
            func explain(_ id: Job.ID) async throws -> Explanation { try await pipeline.explain(store.record(id)) }
            let down =
                "the handler of its pipeline is down since \(Timestamp.sampleStart.iso8601): no database; with one job"
            let rest = ", and the others wait, which costs them no attempt"
            let trial = Timestamp.sample(after: .seconds(1)).iso8601
            for id in [id] + others {
                try await #expect(
                    explain(id) == Explanation(.handlerDown, "\(down) it is tried again at \(trial)\(rest)"))
            }
            try await #expect(explain(later).code == .scheduled)
            let forecast = pipeline.drainForecast(timeout: .seconds(30))
            #expect(forecast.finished == 0 && forecast.within == .zero)

            try await #require(eventually { steady.sleeps.contains(.seconds(1)) })
            steady.advance(by: .seconds(1))
            try await gates.waitForArrival(at: "trial")
            // One of the two tries it.
            let explanations = try await [explain(others[0]), explain(others[1])]
            let waiting = Explanation(.handlerDown, "\(down) it is being tried again now\(rest)")
            #expect(explanations.contains(waiting) && explanations.contains { $0.code == .running })
            let held = explanations[0] == waiting ? others[0] : others[1]
            #expect(pipeline.drainForecast(timeout: .seconds(30)).finished == nil)
            try await pipeline.pause()
            try await #expect(explain(held).code == .paused)
            gates.openAll()
            pipeline.drain()
        }
    }

    @Test("is a limit, if that is what it waits for")
    func limit() async throws {
        var fixture = fixture
        fixture.workerCount = 2
        fixture.limits.concurrencyPerKey = 1
        try await fixture.whileRunning(.untilDrained) { [gates, store] pipeline in
            let ids = try await pipeline.submit(["a", "b"].map { NewJob(item: $0, key: "k") }).map(\.id)
            try await gates.waitForArrival(at: "a")
            let explanation = try await pipeline.explain(store.record(ids[1]))
            #expect(explanation.code == .limit)
            #expect(explanation.reason.contains("'k'"))
            gates.openAll()
            for id in ids { try await self.fixture.wait(for: id, toBe: .done) }
            pipeline.drain()
        }
    }

    @Test("is that it is about to begin, if nothing is in its way")
    func queued() async throws {
        // It does not run yet, so nothing begins meanwhile.
        try await fixture.withPipeline { [store] pipeline in
            let id = try await pipeline.submit([NewJob(item: "a")])[0].id
            let explanation = try await pipeline.explain(store.record(id))
            #expect(explanation == Explanation(.queued, "it is about to begin; 0 jobs are ahead of it or in hand"))
        }
    }

    @Test("of the pipeline itself is what it does, or waits for")
    func work() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates, fixture] pipeline in
            #expect(try await eventually { pipeline.explainWork().code == .idle })
            let ids = try await pipeline.submit(["a", "b", "c"].map { NewJob(item: $0) }).map(\.id)
            try await gates.waitForArrival(at: "a")
            let running = "1 of 1 worker has a job; 2 on the queue, 0 pending"
            #expect(try await eventually { pipeline.explainWork() == Explanation(.running, running) })
            try await pipeline.pause()
            #expect(pipeline.explainWork().code == .paused)
            #expect(pipeline.explainWork().reason.contains("; what it has it finishes: 1 of 1 worker has a job"))
            try await pipeline.resume()
            gates.openAll()
            for id in ids { try await fixture.wait(for: id, toBe: .done) }
            let idle = "it waits for its producer; every job is finished"
            #expect(try await eventually { pipeline.explainWork() == Explanation(.idle, idle) })
            pipeline.drain()
            #expect(pipeline.explainWork().code == .draining)
        }
    }
}
