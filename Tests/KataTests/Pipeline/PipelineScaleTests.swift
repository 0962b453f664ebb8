import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A pipeline that is scaled", .timeLimit(.minutes(10)))
struct PipelineScaleTests {
    private let gates = Gates()
    private let store = MemoryJobStore()
    private var fixture: PipelineFixture {
        PipelineFixture(store: store, workerCount: 3, source: TestInbox(), handler: handler)
    }
    private let handler: TestHandler

    init() {
        handler = TestHandler(gates: gates)
    }

    @Test("has more in hand when it is scaled up")
    func up() async throws {
        var fixture = fixture
        fixture.workerCount = 1
        try await fixture.whileRunning(.untilDrained) { [gates, fixture] pipeline in
            let ids = try await submit(0..<4, to: pipeline)
            try await gates.waitForArrival(at: "0")
            pipeline.scale(to: 4)
            try await gates.waitForArrival(at: "1", "2", "3")
            #expect(pipeline.status().workerCount == 4)
            #expect(pipeline.status().consumers.map(\.id) == ["c1", "c2", "c3", "c4"])
            gates.openAll()
            for id in ids { try await fixture.wait(for: id, toBe: .done) }
            pipeline.drain()
        }
    }

    @Test("finishes what is in hand when it is scaled down, and has one in hand then")
    func downWhileBusy() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates, fixture] pipeline in
            let ids = try await submit(0..<6, to: pipeline)
            try await gates.waitForArrival(at: "0", "1", "2")
            pipeline.scale(to: 1)
            #expect(pipeline.status().consumers.count == 3, "all are at work")
            let holder = try #require(pipeline.status().consumers.first { $0.id == "c1" }?.item)
            for item in ["0", "1", "2"] where item != holder { gates.open(item) }
            try await #expect(eventually { pipeline.status().consumers.map(\.id) == ["c1"] })
            #expect(pipeline.status().counts.queued == 3, "those who left took no other job")
            gates.openAll()
            for id in ids { try await fixture.wait(for: id, toBe: .done) }
            pipeline.drain()
        }
        try await checkAll(6)
        try await #expect(Set(fixture.results().suffix(3).map(\.consumerID)) == ["c1"])
    }

    @Test("lets those leave at once who have nothing to do")
    func downWhileIdle() async throws {
        gates.openAll()
        try await fixture.whileRunning(.untilDrained) { [fixture] pipeline in
            let first = try await submit(0..<1, to: pipeline)
            try await fixture.wait(for: first[0], toBe: .done)
            pipeline.scale(to: 1)
            try await #expect(eventually { pipeline.status().consumers.map(\.id) == ["c1"] })
            for id in try await submit(1..<6, to: pipeline) { try await fixture.wait(for: id, toBe: .done) }
            pipeline.drain()
        }
        try await checkAll(6)
        try await #expect(Set(fixture.results().suffix(5).map(\.consumerID)) == ["c1"])
    }

    @Test("keeps those who are leaving when it is scaled up again")
    func upWhileLeaving() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates, fixture] pipeline in
            let ids = try await submit(0..<6, to: pipeline)
            try await gates.waitForArrival(at: "0", "1", "2")
            for count in [1, 3] { pipeline.scale(to: count) }
            for item in ["0", "1", "2"] { gates.open(item) }
            try await gates.waitForArrival(at: "3", "4", "5")
            #expect(Set(pipeline.status().consumers.map(\.id)) == ["c1", "c2", "c3"])
            gates.openAll()
            for id in ids { try await fixture.wait(for: id, toBe: .done) }
            pipeline.drain()
        }
        try await checkAll(6)
    }

    @Test("begins with the number that it was told before it runs")
    func beforeRun() async throws {
        gates.openAll()
        try await fixture.withPipeline { pipeline in
            pipeline.scale(to: 2)
            #expect(pipeline.status().consumers.map(\.id) == ["c1", "c2"])
            async let run: Void = pipeline.run(.untilDrained)
            let ids = try await submit(0..<4, to: pipeline)
            for id in ids { try await fixture.wait(for: id, toBe: .done) }
            #expect(pipeline.status().consumers.map(\.id) == ["c1", "c2"])
            pipeline.drain()
            try await run
        }
    }

    @Test("does what its workers hold back in a pause, though they are to leave")
    func paused() async throws {
        gates.openAll()
        try await fixture.whileRunning(.untilDrained) { [handler, fixture] pipeline in
            try await pipeline.pause()
            let ids = try await submit(0..<8, to: pipeline)
            try await pipeline.resume()
            try await pipeline.pause()
            pipeline.scale(to: 1)
            pipeline.scale(to: 2)
            pipeline.scale(to: 1)
            try await pipeline.resume()
            for id in ids { try await fixture.wait(for: id, toBe: .done) }
            #expect(handler.handled.all.count == 8)
            pipeline.drain()
        }
        try await checkAll(8)
    }

    @Test("goes on at its rate when those are to leave who wait for their turn")
    func rated() async throws {
        gates.openAll()
        var fixture = fixture
        fixture.limits.rate = RateLimit(count: 20, per: .seconds(1))
        try await fixture.whileRunning(.untilDrained) { [fixture] pipeline in
            let ids = try await submit(0..<8, to: pipeline)
            try await fixture.wait(for: ids[0], toBe: .done)
            pipeline.scale(to: 1)
            for id in ids { try await fixture.wait(for: id, toBe: .done) }
            pipeline.drain()
        }
        try await checkAll(8)
    }

    @Test("loses and interrupts nothing, however it is scaled, and has no more in hand than it may")
    func stress() async throws {
        let crowd = Crowd()
        var fixture = fixture
        fixture.handler = TestHandler { _ in
            crowd.enter()
            await Task.yield()
            crowd.leave()
        }
        try await fixture.whileRunning(.untilDrained) { [store] pipeline in
            var generator = SeededGenerator(seed: 2)
            _ = try await submit(0..<600, to: pipeline)
            while try await store.counts(pipeline: "p").pending > 0 {
                pipeline.scale(to: Int.random(in: 1...6, using: &generator))
                await Task.yield()
            }
            pipeline.drain()
        }
        try await checkAll(600)
        #expect(crowd.most <= 6)
    }

    private func submit(_ items: Range<Int>, to pipeline: Pipeline) async throws -> [Job.ID] {
        try await pipeline.submit(items.map { NewJob(item: "\($0)") }).map(\.id)
    }

    /// Checks that each job was done once and nothing cut off.
    private func checkAll(_ count: Int) async throws {
        try await #expect(fixture.items().byNumber == (0..<count).map(String.init))
        let records = try await store.jobs(JobFilter(), before: .max, limit: .max)
        #expect(records.allSatisfy { $0.state == .done && $0.job.attempt == 1 && $0.job.interruptions == 0 })
    }
}
