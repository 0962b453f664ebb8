import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("Draining a pipeline", .timeLimit(.minutes(10)))
struct PipelineDrainTests {
    private let gates = Gates()
    /// Stops the producer after its fifth item.
    private let clock = HaltingClock(freeSleeps: 4)
    /// Two items are in the consumers' hands and three on the queue when the producer stops.
    private var fixture: PipelineFixture {
        PipelineFixture(
            store: store, itemCount: 20, interval: .milliseconds(1), handler: TestHandler(gates: gates), clock: clock
        )
    }
    private let store = MemoryJobStore()

    @Test("finishes what is on the queue and in hand, and takes no more")
    func drains() async throws {
        let status = try await fixture.whileRunning(.once) { [gates, clock] pipeline in
            try await gates.waitForArrival(at: "0", "1")
            try await clock.hasHalted.wait()
            pipeline.drain()
            #expect(pipeline.status().state == .draining)
            gates.openAll()
            try await #expect(eventually { try await fixture.items().count == 5 })
            return pipeline
        }.status()

        try await #expect(fixture.items().byNumber == ["0", "1", "2", "3", "4"])
        let drain = try #require(status.drain)
        #expect([drain.finished, drain.wentBack, drain.cutOff] == [5, 0, 0])
        try await #expect(store.lastDrain(pipeline: "p")?.finished == 5)
        try await #expect(store.counts(pipeline: "p") == JobCounts(pending: 15, done: 5))
        try await #expect(store.unfinishedRun(pipeline: "p") != nil)
    }

    @Test("counts only what was finished since it began")
    func receiptCountsSinceDrain() async throws {
        let status = try await fixture.whileRunning(.once) { [gates, clock] pipeline in
            try await clock.hasHalted.wait()
            for item in ["0", "1", "2"] { gates.open(item) }
            try await gates.waitForArrival(at: "3", "4")
            try await #expect(eventually { pipeline.status().run?.consumed == 3 })
            pipeline.drain()
            gates.openAll()
            return pipeline
        }.status()
        let drain = try #require(status.drain)
        #expect([drain.finished, drain.wentBack, drain.cutOff] == [2, 0, 0])
    }

    @Test("hands back what is on the queue and cuts off what is in hand, when it gives up")
    func givesUp() async throws {
        let status = try await fixture.whileRunning(.once) { [gates, clock] pipeline in
            try await gates.waitForArrival(at: "0", "1")
            try await clock.hasHalted.wait()
            pipeline.giveUp()
            return pipeline
        }.status()

        let drain = try #require(status.drain)
        #expect([drain.finished, drain.wentBack, drain.cutOff] == [0, 3, 2])
        try await #expect(store.lastDrain(pipeline: "p").map { [$0.finished, $0.wentBack, $0.cutOff] } == [0, 3, 2])
        try await #expect(store.counts(pipeline: "p") == JobCounts(pending: 20))
        try await #expect(fixture.items().isEmpty)
    }

    @Test("starts no handler any more once it has given up")
    func startsNothingAfterGivingUp() async throws {
        let handler = TestHandler(gates: gates)
        var fixture = fixture
        fixture.handler = handler
        try await fixture.whileRunning(.once) { [gates, clock] pipeline in
            try await gates.waitForArrival(at: "0", "1")
            try await clock.hasHalted.wait()
            pipeline.giveUp()
        }
        #expect(handler.handled.all.map(\.item).sorted() == ["0", "1"])
    }

    @Test("counts what finished before it gave up, and what did not")
    func givesUpAfterDrain() async throws {
        let status = try await fixture.whileRunning(.once) { [gates, clock] pipeline in
            try await gates.waitForArrival(at: "0", "1")
            try await clock.hasHalted.wait()
            pipeline.drain()
            gates.open("0")
            try await gates.waitForArrival(at: "2")
            pipeline.giveUp()
            return pipeline
        }.status()
        let drain = try #require(status.drain)
        #expect([drain.finished, drain.wentBack, drain.cutOff] == [1, 2, 2])
        try await #expect(fixture.items() == ["0"])
    }

    @Test("lets a handler that does not heed the cancellation finish its job")
    func heedlessHandler() async throws {
        var fixture = fixture
        fixture.handler = TestHandler { [gates] job in
            await withTaskCancellationHandler {
                await Task { try? await gates.pass(job.item) }.value
            } onCancel: {
                gates.open(job.item)
            }
        }
        let status = try await fixture.whileRunning(.once) { [gates, clock] pipeline in
            try await gates.waitForArrival(at: "0", "1")
            try await clock.hasHalted.wait()
            pipeline.giveUp()
            return pipeline
        }.status()
        let drain = try #require(status.drain)
        #expect([drain.finished, drain.wentBack, drain.cutOff] == [2, 3, 0])
        try await #expect(fixture.items().sorted() == ["0", "1"])
    }

    @Test("leaves a receipt whose time does not change afterwards")
    func receiptTime() async throws {
        try await fixture.withPipeline { [gates, clock, store] pipeline in
            async let run: Void = pipeline.run(.once)
            try await clock.hasHalted.wait()
            pipeline.drain()
            gates.openAll()
            try await run
            let receipt = try #require(try await store.lastDrain(pipeline: "p"))
            try await #expect(eventually { Timestamp.now() > receipt.at })
            #expect(pipeline.status().drain == receipt)
        }
    }

    @Test("loses nothing and does nothing twice, when a new pipeline goes on", arguments: [false, true])
    func goesOn(givesUp: Bool) async throws {
        try await fixture.whileRunning(.once) { [gates, clock] pipeline in
            try await gates.waitForArrival(at: "0", "1")
            try await clock.hasHalted.wait()
            if givesUp { pipeline.giveUp() } else { pipeline.drain() }
            gates.openAll()
        }
        let next = PipelineFixture(store: store, itemCount: 20)
        let status = try await next.run()
        try await #expect(next.items().byNumber == next.allItems)
        #expect(status.run?.id == 1)
        #expect(status.run?.isFinished == true)
        #expect(status.counts.done == 20)
        #expect(status.drain != nil, "the last drain is remembered")
    }

    private struct Wrapped: Error {}

    @Test("costs no attempt, in whatever words the handler says that it was cut off")
    func wrappedCancellation() async throws {
        let hasBegun = Latch()
        let handler = TestHandler { _ in
            hasBegun.open()
            do {
                try await Latch().wait()
            } catch {
                throw Wrapped()
            }
        }
        try await PipelineFixture(store: store, itemCount: 1, handler: handler).whileRunning(.once) { pipeline in
            try await hasBegun.wait()
            pipeline.giveUp()
        }
        let record = try await store.record(1)
        #expect(record.state == .pending && record.error == nil)
        #expect([record.job.attempt, record.job.interruptions] == [1, 0])
    }
}
