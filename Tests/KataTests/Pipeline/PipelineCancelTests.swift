import KataTestSupport
import KataTesting
import Logging
import Testing

@testable import Kata

@Suite("Jobs that are cancelled or tried again", .timeLimit(.minutes(10)))
struct PipelineCancelTests {
    private let gates = Gates()
    private let store = MemoryJobStore()
    private let clock = ManualWallClock()
    private let handler: TestHandler
    /// With one consumer and room for one job on the queue.
    private var fixture: PipelineFixture {
        PipelineFixture(
            store: store, workerCount: 1, queueSize: 1, source: TestInbox(), handler: handler, wallClock: clock)
    }

    init() {
        handler = TestHandler(gates: gates)
    }

    @Test("are not done, wherever they are", arguments: [[0], [1], [2], [3], [0, 1, 2, 3], [3, 2, 1, 0]])
    func cancelled(chosen: [Int]) async throws {
        let status = try await fixture.whileRunning(.untilDrained) { [gates] pipeline in
            // One in hand, one on the queue, one about to be put there, one in the store.
            let ids = try await submit(["0", "1", "2", "3"], to: pipeline)
            try await gates.waitForArrival(at: "0")
            try await #expect(eventually { pipeline.status().queueDepth == 1 })
            let changes = try await steering(pipeline).cancel(chosen.map { ids[$0] })
            #expect(changes.allSatisfy { (try? $0.get().first?.new) == .cancelled })
            gates.openAll()
            let last = try await submit(["last"], to: pipeline)[0]
            try await fixture.wait(for: last, toBe: .done)
            for (index, id) in ids.enumerated() {
                try await #expect(store.record(id).state == (chosen.contains(index) ? .cancelled : .done))
            }
            pipeline.drain()
            return pipeline
        }.status()
        let left = (0..<4).filter { !chosen.contains($0) }.map(String.init)
        try await #expect(fixture.items() == left + ["last"])
        let begun = (0..<4).filter { $0 == 0 || !chosen.contains($0) }.map(String.init)
        #expect(handler.handled.all.map(\.item) == begun + ["last"])
        try await #expect(store.counts(pipeline: "p") == JobCounts(done: left.count + 1, cancelled: chosen.count))
        #expect(status.counts.done == left.count + 1)
        #expect(status.counts.cancelled == chosen.count)
        #expect(status.counts.pending == 0)
        #expect(status.consumers.map(\.consumed) == [left.count + 1])
    }

    @Test("are cancelled before their time comes")
    func scheduled() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates, clock, handler] pipeline in
            gates.openAll()
            let job = NewJob(item: "later", runAt: .sampleEnd)
            let id = try await pipeline.submit([job])[0].id
            try await #expect(eventually { clock.deadlines == [.sampleEnd] })
            _ = try await steering(pipeline).cancel([id])
            clock.advance(to: .sample(after: .seconds(3_600)))
            let last = try await submit(["last"], to: pipeline)[0]
            try await fixture.wait(for: last, toBe: .done)
            #expect(handler.handled.all.map(\.item) == ["last"])
            pipeline.drain()
        }
    }

    @Test("leave no result, even if the handler does not heed the cancellation")
    func heedless() async throws {
        var fixture = fixture
        fixture.handler = TestHandler { [gates] job in
            // It goes on as if nothing had happened.
            await Task { try? await gates.pass(job.item) }.value
        }
        try await fixture.whileRunning(.untilDrained) { [gates, fixture] pipeline in
            let id = try await submit(["x"], to: pipeline)[0]
            try await gates.waitForArrival(at: "x")
            _ = try await steering(pipeline).cancel([id])
            gates.openAll()
            let last = try await submit(["last"], to: pipeline)[0]
            try await fixture.wait(for: last, toBe: .done)
            try await #expect(store.record(id).state == .cancelled)
            #expect(pipeline.status().counts.cancelled == 1)
            pipeline.drain()
        }
        try await #expect(fixture.items() == ["last"])
        try await #expect(store.attempts(job: 1).isEmpty)
    }

    @Test("keep their unique keys until the handler has let go of them")
    func uniqueInHand() async throws {
        var fixture = fixture
        fixture.handler = TestHandler { [gates] job in
            // As a process that takes its time to end.
            await Task { try? await gates.pass(job.item) }.value
        }
        try await fixture.whileRunning(.untilDrained) { [gates, fixture] pipeline in
            func submit(_ item: String) async throws -> SubmittedJob {
                try await pipeline.submit([NewJob(item: item, uniqueKey: "key")])[0]
            }
            let first = try await submit("first").id
            try await gates.waitForArrival(at: "first")
            // One that is not in hand gives its key away at once.
            let queued = try await pipeline.submit([NewJob(item: "queued", uniqueKey: "other")])[0].id
            _ = try await steering(pipeline).cancel([first, queued])
            try await #expect(submit("second") == SubmittedJob(id: first, state: nil))
            try await #expect(!pipeline.submit([NewJob(item: "next", uniqueKey: "other")])[0].isDuplicate)
            gates.openAll()
            try await #expect(eventually { pipeline.cancelledInHand.isEmpty })
            let second = try await submit("third")
            #expect(!second.isDuplicate)
            try await fixture.wait(for: second.id, toBe: .done)
            pipeline.drain()
        }
    }

    @Test("say why nothing changed, each for itself")
    func refused() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates] pipeline in
            gates.openAll()
            let ids = try await submit(["a"], to: pipeline)
            try await fixture.wait(for: ids[0], toBe: .done)
            let job = NewJob(item: "later", runAt: .sampleEnd)
            let later = try await pipeline.submit([job])[0].id
            let changes = try await steering(pipeline).cancel([ids[0], later, 99, later])
            #expect(changes[0] == .failure(.wrongState(job: ids[0], state: .done, action: "cancel")))
            #expect((try? changes[1].get().first?.old) == .scheduled)
            #expect(changes[2] == .failure(.unknownJob(99)))
            #expect(changes[3] == .failure(.wrongState(job: later, state: .cancelled, action: "cancel")))
            try await #expect(store.counts(pipeline: "p") == JobCounts(done: 1, cancelled: 1))
            pipeline.drain()
        }
    }

    @Test("are done when they are tried again")
    func retried() async throws {
        var fixture = fixture
        fixture.handler = TestHandler { [gates] job in
            try await gates.pass(job.item)
            if job.attempt == 1 { throw JobFailure("no") }
        }
        try await fixture.whileRunning(.untilDrained) { [gates, fixture] pipeline in
            gates.open("failed")
            let ids = try await submit(["failed", "cancelled"], to: pipeline)
            try await fixture.wait(for: ids[0], toBe: .failed)
            try await gates.waitForArrival(at: "cancelled")
            _ = try await steering(pipeline).cancel([ids[1]])
            gates.openAll()
            let changes = try await steering(pipeline).retry(ids)
            #expect(changes.allSatisfy { (try? $0.get().first?.new) == .scheduled })
            for id in ids { try await fixture.wait(for: id, toBe: .done) }
            pipeline.drain()
        }
        try await #expect(store.attempts(job: 1).map(\.number) == [1, 2])
        try await #expect(store.counts(pipeline: "p") == JobCounts(done: 2))
    }

    @Test("open their run again if it was finished")
    func reopened() async throws {
        let handler = TestHandler { job in if job.attempt == 1 && job.item == "1" { throw JobFailure("no") } }
        let fixture = PipelineFixture(store: store, itemCount: 3, handler: handler, wallClock: clock)
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await #expect(eventually { pipeline.status().run?.isFinished == true })
            let failed = try await store.jobs(JobFilter(state: .failed), before: .max, limit: 9).map(\.job.id)
            #expect(failed.count == 1)
            #expect(try await steering(pipeline).retry(failed).count == 1)
            try await fixture.wait(for: failed[0], toBe: .done)
            try await #expect(eventually { pipeline.status().run?.isFinished == true })
            #expect(pipeline.status().run?.id == 1)
            #expect(pipeline.status().counts.done == 3)
            #expect(pipeline.status().counts.failed == 0)
            pipeline.drain()
        }
        try await #expect(fixture.items().byNumber == ["0", "1", "2"])
        try await #expect(store.latestRun(pipeline: "p")?.finishedAt != nil)
    }

    @Test("leave no run to be worked on once more that they were done in")
    func triedAgainMeanwhile() async throws {
        let log = Notes<String>()
        let handler = TestHandler { [gates] job in
            try await gates.pass(job.item)
            if job.attempt == 1 && job.item == "0" { throw JobFailure("no") }
        }
        let fixture = PipelineFixture(
            store: store, itemCount: 2, workerCount: 1, handler: handler, wallClock: clock,
            logger: Logger(label: "test") { _ in LogLines(log) })
        try await fixture.whileRunning(.untilDrained) { [gates] pipeline in
            gates.open("0")
            try await gates.waitForArrival(at: "1")
            try await fixture.wait(for: 1, toBe: .failed)
            #expect(try await steering(pipeline).retry([1]).count == 1)
            gates.openAll()
            try await #expect(eventually { pipeline.status().run?.isFinished == true })
            // Only after whatever is left to do for the run before.
            let next = try await pipeline.startRun().id
            try await #expect(
                eventually {
                    let run = pipeline.status().run
                    return run?.id == next && run?.isFinished == true
                })
            pipeline.drain()
        }
        #expect(log.all.count { $0 == "run finished" } == 2)
        try await #expect(store.counts(pipeline: "p") == JobCounts(done: 3, failed: 1))
    }

    private func submit(_ items: [String], to pipeline: Pipeline) async throws -> [Job.ID] {
        try await pipeline.submit(items.map { NewJob(item: $0) }).map(\.id)
    }

    private func steering(_ pipeline: Pipeline) -> JobSteering {
        JobSteering(recorder: pipeline.recorder, store: pipeline.store, runtime: Runtime(wallClock: clock))
    }
}
