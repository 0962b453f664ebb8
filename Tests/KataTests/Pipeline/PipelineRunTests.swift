import KataTestSupport
import Testing

@testable import Kata

@Suite("A pipeline's run", .timeLimit(.minutes(10)))
struct PipelineRunTests {
    @Test("consumes each item once", arguments: [0, 1, 2, 100], [(1, 1), (1, 12), (50, 1), (50, 3), (3, 200)])
    func eachItemOnce(itemCount: Int, sizes: (queue: Int, workers: Int)) async throws {
        let handler = TestHandler()
        let fixture = PipelineFixture(
            itemCount: itemCount, workerCount: sizes.workers, queueSize: sizes.queue, handler: handler
        )
        let status = try await fixture.run()

        #expect(handler.handled.all.map(\.item).byNumber == fixture.allItems)
        try await #expect(fixture.items().byNumber == fixture.allItems)
        let consumerIDs = Set(try await fixture.results().map(\.consumerID))
        #expect(consumerIDs.isSubset(of: (1...sizes.workers).map { "c\($0)" }))
        #expect(status.run?.isFinished == true)
        #expect(status.run?.produced == itemCount)
        #expect(status.run?.consumed == itemCount)
        #expect(status.state == .idle)
    }

    @Test("keeps the order if there is one consumer", arguments: [1, 7])
    func inOrder(queueSize: Int) async throws {
        let fixture = PipelineFixture(itemCount: 200, workerCount: 1, queueSize: queueSize)
        try await fixture.run()
        try await #expect(fixture.items() == fixture.allItems)
    }

    @Test("gives each consumer an ID of its own")
    func consumerIDs() async throws {
        let gates = Gates()
        let fixture = PipelineFixture(itemCount: 12, workerCount: 12, handler: TestHandler(gates: gates))
        try await fixture.whileRunning(.once) { pipeline in
            for item in 0..<12 { try await gates.waitForArrival(at: "\(item)") }
            #expect(Set(pipeline.status().consumers.map(\.item)) == Set(fixture.allItems))
            gates.openAll()
        }
        try await #expect(Set(fixture.results().map(\.consumerID)) == Set((1...12).map { "c\($0)" }))
        try await #expect(fixture.store.consumerTotals(run: 1).map(\.items) == Array(repeating: 1, count: 12))
    }

    @Test("reads its source batch by batch, each batch once", arguments: [1, 3, 1_000, .max])
    func batches(batchSize: Int) async throws {
        let source = NumberSource(batchSize: batchSize)
        let fixture = PipelineFixture(itemCount: 2_500, workerCount: 3, source: source)
        try await fixture.run()
        try await #expect(fixture.items().byNumber == fixture.allItems)
        #expect(source.cursors.all == Array(stride(from: 0, to: 2_500, by: min(batchSize, 1_000))))
    }

    @Test("keeps at most the queue's size and what the consumers hold out of the source's reach")
    func bounded() async throws {
        let gates = Gates()
        let fixture = PipelineFixture(itemCount: 100, workerCount: 2, queueSize: 3, handler: TestHandler(gates: gates))
        try await fixture.whileRunning(.once) { pipeline in
            try await gates.waitForArrival(at: "0", "1")
            try await #expect(eventually { pipeline.status().queueDepth == 3 })
            let status = pipeline.status()
            #expect(status.run?.produced == 5)
            #expect(
                status.counts
                    == .init(
                        pending: 95, queued: 3, running: 2, scheduled: 0, waiting: 0, done: 0, failed: 0, cancelled: 0))
            gates.openAll()
        }
        try await #expect(fixture.items().count == 100)
    }

    @Test("lets the producer sleep its interval after each item, the last one too")
    func interval() async throws {
        let clock = HaltingClock()
        let fixture = PipelineFixture(itemCount: 5, interval: .milliseconds(10), clock: clock)
        try await fixture.run()
        #expect(clock.sleeps.all == Array(repeating: .milliseconds(10), count: 5))
    }

    @Test("is recorded with its counts, its times and the time it took")
    func recorded() async throws {
        let fixture = PipelineFixture(itemCount: 3, interval: .milliseconds(10))
        let before = Timestamp.now()
        try await fixture.run()
        let run = try #require(try await fixture.store.latestRun(pipeline: "p"))
        #expect(run.counts == JobCounts(done: 3))
        #expect(run.items == 3)
        #expect(run.progress == .exhausted)
        #expect(run.elapsed >= .milliseconds(30))
        #expect(run.startedAt >= before)
        #expect(try #require(run.finishedAt) >= run.startedAt)
        try await #expect(fixture.store.unfinishedRun(pipeline: "p") == nil)
    }

    @Test("goes on after jobs that failed, and counts them")
    func failures() async throws {
        let handler = TestHandler { job in
            if job.item.hasSuffix("3") { throw BrokenSource.Failure() }
            // Nobody cancelled anything: this is a failure like any other.
            if job.item.hasSuffix("5") { throw CancellationError() }
        }
        let fixture = PipelineFixture(itemCount: 20, handler: handler)
        let status = try await fixture.run()
        #expect(status.run?.consumed == 16)
        #expect(status.run?.failed == 4)
        #expect(status.run?.isFinished == true)
        #expect(
            status.counts
                == .init(pending: 0, queued: 0, running: 0, scheduled: 0, waiting: 0, done: 16, failed: 4, cancelled: 0)
        )
        try await #expect(fixture.store.counts(pipeline: "p") == JobCounts(done: 16, failed: 4))
        try await #expect(fixture.items().allSatisfy { !$0.hasSuffix("3") && !$0.hasSuffix("5") })
    }

    @Test("ends with the error of its source")
    func brokenSource() async throws {
        let fixture = PipelineFixture(source: BrokenSource())
        await #expect(throws: BrokenSource.Failure()) { try await fixture.run() }
        try await #expect(fixture.store.unfinishedRun(pipeline: "p")?.id == 1, "it can be resumed later")
    }

    @Test("hands each handler the job's first attempt, with an id of its own")
    func jobs() async throws {
        let handler = TestHandler()
        try await PipelineFixture(itemCount: 50, handler: handler).run()
        #expect(handler.handled.all.allSatisfy { $0.attempt == 1 && $0.runID == 1 })
        #expect(Set(handler.handled.all.map(\.id)).count == 50)
    }
}
