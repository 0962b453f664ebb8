import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("Jobs that wait for others", .timeLimit(.minutes(10)))
struct PipelineDependencyTests {
    private let gates = Gates()
    private let store = MemoryJobStore()
    private let handler: TestHandler
    private var fixture: PipelineFixture { PipelineFixture(store: store, source: TestInbox(), handler: handler) }

    init() {
        handler = TestHandler { [gates] job in
            try await gates.pass(job.item)
            if job.item == "bad" && job.attempt == 1 { throw JobFailure("no") }
        }
    }

    @Test("are done one after the other in a chain")
    func chain() async throws {
        gates.openAll()
        try await whileRunning { [fixture] pipeline, _ in
            var ids = try await submit("0", to: pipeline)
            for index in 1..<20 { ids += try await submit("\(index)", to: pipeline, after: [ids[index - 1]]) }
            try await fixture.wait(for: ids[19], toBe: .done)
        }
        #expect(handler.handled.all.map(\.item) == (0..<20).map(String.init))
        try await #expect(store.counts(pipeline: "p") == JobCounts(done: 20))
    }

    @Test("are done once all are done that they wait for")
    func diamond() async throws {
        try await whileRunning { [fixture, gates, handler, store] pipeline, _ in
            let root = try await submit("root", to: pipeline)
            let sides = try await submit("left", "right", to: pipeline, after: root)
            let end = try await submit("end", to: pipeline, after: sides)
            #expect(pipeline.status().counts.waiting == 3)
            gates.open("root")
            gates.open("left")
            try await fixture.wait(for: sides[0], toBe: .done)
            try await #expect(store.blockers(job: end[0]) == [sides[1]])
            try await #expect(store.record(end[0]).state == .waiting)
            gates.openAll()
            try await fixture.wait(for: end[0], toBe: .done)
            #expect(handler.handled.all.last?.item == "end")
            #expect(pipeline.status().counts.waiting == 0)
        }
    }

    @Test("are cancelled if one fails for good, and stay so when that one is tried again")
    func failed() async throws {
        gates.openAll()
        try await whileRunning { [fixture, handler, store] pipeline, steering in
            try await pipeline.pause()
            let root = try await submit("bad", to: pipeline)
            let second = try await submit("second", to: pipeline, after: root)
            let third = try await submit("third", to: pipeline, after: second)
            try await pipeline.resume()
            try await fixture.wait(for: third[0], toBe: .cancelled)
            try await #expect(store.record(second[0]).state == .cancelled)
            try await #expect(store.record(second[0]).error?.contains("job \(root[0])") ?? false)
            _ = try await steering.retry(root)
            try await fixture.wait(for: root[0], toBe: .done)
            try await #expect(store.counts(pipeline: "p") == JobCounts(done: 1, cancelled: 2))
            #expect(handler.handled.all.map(\.item) == ["bad", "bad"])
            #expect(pipeline.status().counts.cancelled == 2)
        }
    }

    @Test("are cancelled alone, and with those that wait for them")
    func cancelled() async throws {
        try await whileRunning { [fixture, gates, store] pipeline, steering in
            let root = try await submit("root", to: pipeline)
            let second = try await submit("second", to: pipeline, after: root)
            let third = try await submit("third", to: pipeline, after: second)
            let changes = try await steering.cancel(second).flatMap { try $0.get() }
            #expect(changes.map(\.job) == second + third)
            gates.openAll()
            try await fixture.wait(for: root[0], toBe: .done)
            try await #expect(store.counts(pipeline: "p") == JobCounts(done: 1, cancelled: 2))
            #expect(pipeline.status().counts.waiting == 0)
        }
        #expect(handler.handled.all.map(\.item) == ["root"])
    }

    @Test("are done at once if somebody says so")
    func retried() async throws {
        try await whileRunning { [fixture, gates] pipeline, steering in
            gates.open("second")
            let root = try await submit("root", to: pipeline)
            let second = try await submit("second", to: pipeline, after: root)
            _ = try await steering.retry(second)
            try await fixture.wait(for: second[0], toBe: .done)
            gates.openAll()
            try await fixture.wait(for: root[0], toBe: .done)
        }
        #expect(handler.handled.all.count == 2)
    }

    private func whileRunning(
        _ body: @escaping @Sendable (Pipeline, JobSteering) async throws -> Void
    ) async throws {
        let fixture = fixture
        try await fixture.whileRunning(.untilDrained) { [gates] pipeline in
            // It is what tells the pipeline of jobs that are released.
            try await body(pipeline, fixture.steering(pipeline))
            gates.openAll()
            pipeline.drain()
        }
    }

    private func submit(_ items: String..., to pipeline: Pipeline, after: [Job.ID] = []) async throws -> [Job.ID] {
        try await pipeline.submit(items.map { NewJob(item: $0, after: JobIDs(after)) }).map(\.id)
    }
}
