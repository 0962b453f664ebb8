import KataTestSupport
import KataTesting
import Logging
import Synchronization
import Testing

@testable import Kata

@Suite("Checkpoints of a pipeline's jobs", .timeLimit(.minutes(10)))
struct PipelineCheckpointTests {
    /// Leaves checkpoints, and notes those that it is given.
    private struct Handler: JobHandler {
        let given = Notes<String>()
        let body: @Sendable (Job, JobContext) async throws -> Void

        func handle(_ job: Job, in context: JobContext) async throws {
            given.add("\(job.attempt) \(context.checkpoint ?? "-")")
            try await body(job, context)
        }
    }

    private let store = MemoryJobStore()

    private func fixture(_ handler: Handler) -> PipelineFixture {
        var fixture = PipelineFixture(store: store, workerCount: 1, source: TestInbox(), handler: handler)
        fixture.failures.retry = RetryPolicy(attempts: 3, backoff: .milliseconds(1), max: .milliseconds(1))
        return fixture
    }

    @Test("come with the next attempt, and go when the job is done")
    func retried() async throws {
        let handler = Handler { job, context in
            if job.attempt == 3 { return }
            context.keep(checkpoint: "first of \(job.attempt)")
            context.keep(checkpoint: "last of \(job.attempt)")
            throw JobFailure("no")
        }
        let fixture = fixture(handler)
        try await fixture.whileRunning(.untilDrained) { [store] pipeline in
            let id = try await pipeline.submit([NewJob(item: "x")])[0].id
            try await fixture.wait(for: id, toBe: .done)
            try await #expect(store.checkpoint(job: id) == nil)
            pipeline.drain()
        }
        #expect(handler.given.all == ["1 -", "2 last of 1", "3 last of 2"])
    }

    /// Counts how often it is asked for a checkpoint.
    private final class CountingStore: JobStore, ForwardingReader {
        let store = MemoryJobStore()
        var reader: any JobStoreReader { store }
        let reads = Notes<Job.ID>()

        func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
            try store.transaction(body)
        }

        func checkpoint(job: Job.ID) async throws -> String? {
            reads.add(job)
            return try await store.checkpoint(job: job)
        }
    }

    @Test("cost jobs nothing that have none, also while others have some")
    func others() async throws {
        let store = CountingStore()
        let handler = Handler { job, context in
            if job.item != "leaves" || job.attempt == 2 { return }
            context.keep(checkpoint: "half")
            throw JobFailure("no", retry: .never)
        }
        let fixture = PipelineFixture(store: store, workerCount: 1, source: TestInbox(), handler: handler)
        // The first that is submitted.
        let failed: Job.ID = 1
        for isFirst in [true, false] {
            try await fixture.whileRunning(.untilDrained) { pipeline in
                if isFirst {
                    let first = try await pipeline.submit([NewJob(item: "leaves")])[0].id
                    #expect(first == failed)
                    try await fixture.wait(for: failed, toBe: .failed)
                }
                let ids = try await pipeline.submit((1...5).map { NewJob(item: "\($0)") }).map(\.id)
                for id in ids { try await fixture.wait(for: id, toBe: .done) }
                pipeline.drain()
            }
        }
        #expect(store.reads.all == [])
        try await fixture.whileRunning(.untilDrained) { pipeline in
            _ = try await fixture.steering(pipeline).retry([failed])
            try await fixture.wait(for: failed, toBe: .done)
            pipeline.drain()
        }
        #expect(store.reads.all == [failed])
    }

    @Test("stay when a job fails for good, and come when it is tried again by hand")
    func failed() async throws {
        let handler = Handler { job, context in
            if job.attempt == 2 { return }
            context.keep(checkpoint: "half")
            throw JobFailure("no", retry: .never)
        }
        let fixture = fixture(handler)
        try await fixture.whileRunning(.untilDrained) { [store] pipeline in
            let id = try await pipeline.submit([NewJob(item: "x")])[0].id
            try await fixture.wait(for: id, toBe: .failed)
            try await #expect(store.checkpoint(job: id) == "half")
            _ = try await fixture.steering(pipeline).retry([id])
            try await fixture.wait(for: id, toBe: .done)
            try await #expect(store.checkpoint(job: id) == nil)
            pipeline.drain()
        }
        #expect(handler.given.all == ["1 -", "2 half"])
    }

    @Test("outlive a drain that cuts the job off")
    func drained() async throws {
        let isThere = Latch()
        let handler = Handler { job, context in
            if context.checkpoint != nil { return }
            context.keep(checkpoint: "half")
            isThere.open()
            try await Latch().wait()
        }
        let fixture = fixture(handler)
        let id = try await fixture.whileRunning(.untilDrained) { pipeline in
            let id = try await pipeline.submit([NewJob(item: "x")])[0].id
            try await isThere.wait()
            pipeline.drain()
            pipeline.giveUp()
            return id
        }
        try await #expect(store.checkpoint(job: id) == "half")
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await fixture.wait(for: id, toBe: .done)
            pipeline.drain()
        }
        #expect(handler.given.all == ["1 -", "1 half"])
    }

    @Test("come to the store while the job goes on, at most once a second")
    func running() async throws {
        let clock = ManualClock()
        let (first, second) = (Latch(), Latch())
        let handler = Handler { _, context in
            context.keep(checkpoint: "1")
            try await first.wait()
            context.keep(checkpoint: "2")
            context.keep(checkpoint: "3")
            try await second.wait()
        }
        var fixture = fixture(handler)
        fixture.clock = clock
        try await fixture.whileRunning(.untilDrained) { [fixture, store] pipeline in
            let id = try await pipeline.submit([NewJob(item: "x")])[0].id
            try await #expect(eventually { try await store.checkpoint(job: id) == "1" })
            first.open()
            try await #expect(eventually { clock.sleeps.contains(.seconds(1)) })
            try await #expect(store.checkpoint(job: id) == "1")
            clock.advance(by: .seconds(1))
            try await #expect(eventually { try await store.checkpoint(job: id) == "3" })
            second.open()
            try await fixture.wait(for: id, toBe: .done)
            try await #expect(store.checkpoint(job: id) == nil)
            pipeline.drain()
        }
    }

    @Test("are no longer than they may be, and hold no NUL")
    func bounds() {
        let report = JobContext.Report()
        let job = Job(id: 1, runID: 1, item: "x")
        let context = JobContext(
            job: job, pipeline: "p", consumerID: "c1", logger: PipelineFixture.logger, report: report)
        #expect(context.keep(checkpoint: String(repeating: "x", count: JobContext.checkpointLimit)))
        #expect(!context.keep(checkpoint: String(repeating: "x", count: JobContext.checkpointLimit + 1)))
        #expect(!context.keep(checkpoint: "a\0b"))
        #expect(context.checkpoint?.utf8.count == JobContext.checkpointLimit)
    }

    @Test("and progress is told as a share with a text, and as a text alone")
    func progress() {
        let report = JobContext.Report()
        let context = JobContext(
            job: Job(id: 1, runID: 1, item: "x"), pipeline: "p", consumerID: "c1", logger: PipelineFixture.logger,
            report: report)
        context.report(progress: "page 4")
        #expect(report.progress == JobProgress(fraction: nil, text: "page 4"))
        context.report(progress: 1.7, "page 4")
        #expect(report.progress == JobProgress(fraction: 1, text: "page 4"))
        context.report(progress: .nan)
        #expect(report.progress == JobProgress(fraction: nil, text: ""))
        context.report(progress: 0.425)
        #expect(report.progress?.description == "42 %")
    }
}
