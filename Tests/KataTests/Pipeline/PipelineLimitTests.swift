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

    @Test("has no worker wait for the rate of a key, and gives the waiting job back at a drain")
    func workerIsFree() async throws {
        let handler = TestHandler()
        var fixture = PipelineFixture(workerCount: 1, source: TestInbox(), handler: handler)
        fixture.limits.ratePerKey = RateLimit(count: 1, per: .seconds(3_600))
        try await fixture.whileRunning(.untilDrained) { [fixture] pipeline in
            let ids = try await pipeline.submit(["a1", "a2", "a3"].map { NewJob(item: $0, key: "a") }).map(\.id)
            try await fixture.wait(for: ids[0], toBe: .done)
            let others = try await pipeline.submit([NewJob(item: "b", key: "b"), NewJob(item: "c")]).map(\.id)
            for id in others { try await fixture.wait(for: id, toBe: .done) }
            let explanation = try await pipeline.explain(fixture.store.record(ids[2]))
            #expect(explanation.code == .limit)
            #expect(explanation.reason.contains("the rate of jobs with the key 'a' lets the next one begin at"))
            #expect(explanation.reason.hasSuffix("; 1 job is ahead of it or in hand"))
            pipeline.drain()
        }
        #expect(Set(handler.handled.all.map(\.item)) == ["a1", "b", "c"])
    }

    @Test("goes on with its rates where the pipeline before it left off", arguments: [true, false])
    func outlives(isPerKey: Bool) async throws {
        let handler = TestHandler()
        var fixture = PipelineFixture(workerCount: 2, source: TestInbox(), handler: handler)
        let rate = RateLimit(count: 1, per: .seconds(24 * 3_600))
        if isPerKey { fixture.limits.ratePerKey = rate } else { fixture.limits.rate = rate }
        for round in 1...3 {
            try await fixture.whileRunning(.untilDrained) { [fixture] pipeline in
                let id = try await pipeline.submit([NewJob(item: "\(round)", key: "k")])[0].id
                if round == 1 {
                    try await fixture.wait(for: id, toBe: .done)
                } else {
                    try await #expect(
                        eventually { try await pipeline.explain(fixture.store.record(id)).code == .limit })
                }
                pipeline.drain()
            }
        }
        #expect(handler.handled.all.map(\.item) == ["1"])
    }

    @Test("ends with its last job, whatever its rate")
    func end() async throws {
        var fixture = PipelineFixture(itemCount: 1)
        fixture.limits.rate = RateLimit(count: 1, per: .seconds(3_600))
        try await #expect(fixture.run().run?.isFinished == true)
    }

    @Test("begins what its rate let wait one after the other, however long all workers were busy")
    func noBurst() async throws {
        let instants = Notes<MonotonicInstant>()
        let gates = Gates()
        let limit = RateLimit(count: 20, per: .seconds(1))
        let handler = TestHandler { job in
            instants.add(PreciseClock().now)
            if job.item == "0" { try await gates.pass("0") }
        }
        var fixture = PipelineFixture(itemCount: 4, workerCount: 1, handler: handler)
        fixture.limits.rate = limit
        try await fixture.whileRunning(.once) { [fixture] pipeline in
            try await gates.waitForArrival(at: "0")
            // The next one lies on the queue, and its turn comes and passes.
            try await fixture.clock.sleep(for: limit.interval * 3)
            #expect(pipeline.status().queueDepth == 1)
            gates.openAll()
        }
        let times = instants.all
        #expect(times.count == 4)
        for (index, time) in times.dropFirst().enumerated() {
            #expect(times[1].duration(to: time) >= limit.interval * index)
        }
    }

    @Test("says truthfully how many jobs are ahead, without those that are held back")
    func ahead() async throws {
        let gates = Gates()
        var fixture = PipelineFixture(
            workerCount: 2, source: TestInbox(), handler: TestHandler(gates: gates))
        fixture.limits.concurrencyPerKey = 1
        try await fixture.whileRunning(.untilDrained) { [fixture] pipeline in
            let held = try await pipeline.submit((0..<10_002).map { NewJob(item: "a\($0)", key: "a") }).map(\.id)
            try await gates.waitForArrival(at: "a0")
            let others = try await pipeline.submit((0..<3).map { NewJob(item: "b\($0)", key: "b\($0)") }).map(\.id)
            try await gates.waitForArrival(at: "b0")
            func explain(_ id: Job.ID) async throws -> String {
                try await pipeline.explain(fixture.store.record(id)).reason
            }
            let limit = "1 of the at most 1 jobs with the key 'a' are in hand"
            try await #expect(explain(held[1]) == "\(limit); 1 job is ahead of it or in hand")
            try await #expect(explain(held[10_000]) == "\(limit); 10000 jobs are ahead of it or in hand")
            try await #expect(explain(held[10_001]) == "\(limit); more than 10000 jobs are ahead of it or in hand")
            let busy = "all 2 workers are busy"
            try await #expect(explain(others[1]) == "\(busy); 2 jobs are ahead of it or in hand")
            try await #expect(explain(others[2]) == "\(busy); 3 jobs are ahead of it or in hand")
            pipeline.giveUp()
        }
    }
}
