import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A pipeline's progress", .timeLimit(.minutes(10)))
struct PipelineProgressTests {
    private let gates = Gates()
    private let store = MemoryJobStore()
    private var fixture: PipelineFixture {
        PipelineFixture(store: store, workerCount: 1, source: TestInbox(), handler: TestHandler(gates: gates))
    }

    @Test("is no matter while there is nothing to do")
    func idle() async throws {
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await #expect(eventually { pipeline.status().run != nil })
            #expect(pipeline.progress.name == "pipeline 'p'")
            #expect(!pipeline.progress.read().isDue)
            pipeline.drain()
        }
    }

    @Test("is no matter while all consumers are busy, however long that takes")
    func busy() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates] pipeline in
            _ = try await pipeline.submit(["a", "b", "c"].map { NewJob(item: $0) })
            try await gates.waitForArrival(at: "a")
            try await #expect(eventually { pipeline.status().queueDepth == 2 })
            #expect(!pipeline.progress.read().isDue)
            gates.openAll()
            pipeline.drain()
        }
    }

    @Test("is no matter during a pause")
    func paused() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates] pipeline in
            try await pipeline.pause()
            _ = try await pipeline.submit(["a", "b"].map { NewJob(item: $0) })
            try await #expect(eventually { pipeline.status().counts.pending == 2 })
            #expect(!pipeline.progress.read().isDue)
            gates.openAll()
            pipeline.drain()
        }
    }

    @Test("is no matter while a rate or a limit holds jobs back")
    func limited() async throws {
        var limited = fixture
        limited.workerCount = 4
        limited.limits = WorkLimits(rate: RateLimit(count: 1, per: .seconds(3_600)))
        let fixture = limited
        try await fixture.whileRunning(.untilDrained) { [gates] pipeline in
            gates.openAll()
            let ids = try await pipeline.submit((0..<5).map { NewJob(item: "\($0)") }).map(\.id)
            try await fixture.wait(for: ids[0], toBe: .done)
            try await #expect(eventually { pipeline.status().consumers.allSatisfy { $0.item == nil } })
            #expect(!pipeline.progress.read().isDue)
            pipeline.drain()
        }
    }

    @Test("stands still where ready jobs do not come to idle consumers")
    func stuck() async throws {
        let reads = Latch()
        var stuck = fixture
        stuck.store = StuckStore(store, until: reads)
        try await stuck.whileRunning(.untilDrained) { [gates] pipeline in
            gates.openAll()
            // So many that they are read from the store.
            let count = FeedNews.Contents.arrivalLimit + 1
            _ = try await pipeline.submit((0..<count).map { NewJob(item: "\($0)") })
            try await #require(eventually { pipeline.progress.read().isDue })
            let reading = pipeline.progress.read()
            #expect(reading.waiting == "\(count) jobs that are ready and do not come onto the queue")
            #expect(!reading.restartHelps, "it has not begun")
            #expect(pipeline.progress.read() == reading, "no step is made")
            reads.open()
            try await #expect(eventually { pipeline.status().counts.done == count })
            #expect(!pipeline.progress.read().isDue)
            #expect(pipeline.progress.read().steps != reading.steps)
            pipeline.drain()
        }
    }
}

/// Does not give pending jobs before a latch opens.
private struct StuckStore: JobStore, ForwardingReader {
    private let store: any JobStore
    private let latch: Latch
    var reader: any JobStoreReader { store }

    init(_ store: any JobStore, until latch: Latch) {
        self.store = store
        self.latch = latch
    }

    func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
        try store.transaction(body)
    }

    func pendingJobs(
        run: Run.ID, priority: Int, keys: JobKeys, after id: Job.ID, through last: Job.ID, limit: Int
    ) async throws -> [Job] {
        try await latch.wait()
        return try await store.pendingJobs(
            run: run, priority: priority, keys: keys, after: id, through: last, limit: limit)
    }
}
