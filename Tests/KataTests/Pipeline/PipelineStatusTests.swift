import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A pipeline's status", .timeLimit(.minutes(10)))
struct PipelineStatusTests {
    @Test("is idle before the first run")
    func beforeFirstRun() async throws {
        let status = try await PipelineFixture(workerCount: 3, queueSize: 7).withPipeline { $0.status() }
        #expect(status.name == "p")
        #expect(status.state == .idle)
        #expect(status.queueSize == 7)
        #expect(status.queueDepth == 0)
        #expect(status.workerCount == 3)
        #expect(status.consumers.map(\.id) == ["c1", "c2", "c3"])
        #expect(status.consumers.allSatisfy { $0.item == nil && $0.consumed == 0 })
        #expect(
            status.counts
                == .init(pending: 0, queued: 0, running: 0, scheduled: 0, waiting: 0, done: 0, failed: 0, cancelled: 0))
        #expect(status.run == nil)
        #expect(status.drain == nil)
    }

    @Test("shows who has which item in hand while a run is under way")
    func underWay() async throws {
        let gates = Gates()
        let clock = HaltingClock(freeSleeps: 4)
        let fixture = PipelineFixture(interval: .milliseconds(1), handler: TestHandler(gates: gates), clock: clock)
        try await fixture.whileRunning(.once) { pipeline in
            try await clock.hasHalted.wait()
            try await gates.waitForArrival(at: "0", "1")
            gates.open("0")
            try await gates.waitForArrival(at: "2")
            let status = pipeline.status()
            #expect(status.state == .running)
            #expect(status.queueDepth == 2)
            #expect(status.consumers.compactMap(\.item).sorted() == ["1", "2"])
            #expect(status.consumers.map(\.consumed).sorted() == [0, 1])
            #expect(
                status.counts
                    == .init(
                        pending: 5, queued: 2, running: 2, scheduled: 0, waiting: 0, done: 1, failed: 0, cancelled: 0))
            let run = try #require(status.run)
            #expect([run.items, run.produced, run.consumed, run.failed] == [10, 5, 1, 0])
            #expect(!run.isFinished)
            #expect(run.elapsed == .zero, "its clock stands still")
            gates.openAll()
            pipeline.drain()
        }
    }

    @Test("counts for a run without a known end only the time in which a job was ready or in hand")
    func idleTime() async throws {
        let gates = Gates()
        let clock = ManualClock()
        let store = MemoryJobStore()
        let fixture = PipelineFixture(
            store: store, source: TestInbox(), handler: TestHandler(gates: gates), clock: clock)
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await #require(eventually { pipeline.status().run != nil })
            for (item, round) in [("a", 1), ("b", 2)] {
                clock.advance(by: .seconds(1_000))
                let job = try await pipeline.submit([NewJob(item: item)])[0].id
                try await gates.waitForArrival(at: item)
                clock.advance(by: .seconds(3))
                #expect(pipeline.status().run?.elapsed == .seconds(3 * round))
                gates.open(item)
                try await fixture.wait(for: job, toBe: .done)
            }
            // What waits for its time is not ready.
            _ = try await pipeline.submit([NewJob(item: "c", runAt: Timestamp.now().advanced(by: .seconds(86_400)))])
            clock.advance(by: .seconds(1_000))
            #expect(pipeline.status().run?.elapsed == .seconds(6))
            pipeline.drain()
        }
        #expect(try await store.latestRun(pipeline: "p")?.elapsed == .seconds(6))
        // A restart goes on counting.
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await #require(eventually { pipeline.status().state == .idle })
            clock.advance(by: .seconds(1_000))
            #expect(pipeline.status().run?.elapsed == .seconds(6))
            pipeline.drain()
        }
    }

    @Test("tells the theory for as many consumers as the pipeline was scaled to")
    func scaledEstimate() async throws {
        let gates = Gates()
        let handler = TestHandler(nominalDuration: .milliseconds(100)) { try await gates.pass($0.item) }
        let fixture = PipelineFixture(itemCount: 100, workerCount: 1, handler: handler, clock: ManualClock())
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await gates.waitForArrival(at: "0")
            #expect(pipeline.status().run?.estimate?.predicted == .seconds(10))
            #expect(pipeline.status().run?.remaining == .seconds(10))
            pipeline.scale(to: 10)
            #expect(pipeline.status().run?.estimate?.predicted == .seconds(1))
            #expect(pipeline.status().run?.remaining == .seconds(1))
            #expect(pipeline.estimate?.workers == 10)
            pipeline.giveUp()
        }
    }

    @Test("tells the theory of the run if the handler knows how long it takes")
    func estimate() async throws {
        let handler = TestHandler(nominalDuration: .milliseconds(100))
        let fixture = PipelineFixture(
            itemCount: 100, workerCount: 12, interval: .milliseconds(10), handler: handler, clock: HaltingClock()
        )
        let run = try #require(try await fixture.run().run)
        #expect(run.estimate?.predicted == .milliseconds(1_090))
        #expect(run.estimate?.lowerBound == .milliseconds(1_090))
        #expect(run.remaining == .zero)
    }

    @Test("tells the time that is left from the theory, or else from the rate so far")
    func remaining() async throws {
        for nominal in [Duration.seconds(1), nil] {
            let gates = Gates()
            let handler = TestHandler(nominalDuration: nominal) { try await gates.pass($0.item) }
            let fixture = PipelineFixture(itemCount: 10, workerCount: 1, handler: handler)
            try await fixture.whileRunning(.once) { pipeline in
                try await gates.waitForArrival(at: "0")
                #expect(pipeline.status().run?.remaining == (nominal == nil ? nil : .seconds(10)))
                for item in 0..<5 { gates.open("\(item)") }
                try await gates.waitForArrival(at: "5")
                let remaining = try #require(pipeline.status().run?.remaining)
                #expect(nominal == nil ? remaining > .zero && remaining < .seconds(60) : remaining == .seconds(5))
                gates.openAll()
            }
        }
    }

    @Test("stops the time of a run that is over")
    func elapsedStops() async throws {
        try await PipelineFixture().withPipeline { pipeline in
            try await pipeline.run(.once)
            let elapsed = try #require(pipeline.status().run?.elapsed)
            let clock = PreciseClock()
            let end = clock.now
            try await #expect(eventually { clock.now > end })
            #expect(pipeline.status().run?.elapsed == elapsed)
        }
    }
}
