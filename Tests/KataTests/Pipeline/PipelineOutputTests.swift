import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("What a handler keeps", .timeLimit(.minutes(10)))
struct PipelineOutputTests {
    private let gates = Gates()
    private let store = MemoryJobStore()
    private let stray = Latch()

    /// With one consumer, which one job follows the other at.
    private var fixture: PipelineFixture {
        PipelineFixture(
            store: store, workerCount: 1, queueSize: 1, source: TestInbox(),
            handler: KeepingHandler(gates: gates, stray: stray))
    }

    @Test("of a cancelled job is not the next one's")
    func cancelled() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates, fixture] pipeline in
            let id = try await submit("keeps", to: pipeline)
            try await gates.waitForArrival(at: "keeps")
            _ = try await JobSteering(recorder: pipeline.recorder, store: pipeline.store).cancel([id])
            gates.openAll()
            let last = try await submit("last", to: pipeline)
            try await fixture.wait(for: last, toBe: .done)
            try await #expect(store.attempts(job: last).map(\.output) == [nil])
            pipeline.drain()
        }
    }

    @Test("once its job has ended is not the next one's")
    func late() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates, fixture, stray] pipeline in
            gates.open("leaves")
            let first = try await submit("leaves", to: pipeline)
            try await fixture.wait(for: first, toBe: .done)
            let last = try await submit("last", to: pipeline)
            try await gates.waitForArrival(at: "last")
            gates.open("stray")
            try await stray.wait()
            gates.open("last")
            try await fixture.wait(for: last, toBe: .done)
            try await #expect(store.attempts(job: last).map(\.output) == [nil])
            pipeline.drain()
        }
    }

    private func submit(_ item: String, to pipeline: Pipeline) async throws -> Job.ID {
        try await pipeline.submit([NewJob(item: item)])[0].id
    }
}

private struct KeepingHandler: JobHandler {
    let gates: Gates
    let stray: Latch

    func handle(_ job: Job, in context: JobContext) async throws {
        switch job.item {
        case "keeps": context.keep(output: "mine")
        case "leaves":
            Task {
                try await gates.pass("stray")
                context.keep(output: "late")
                stray.open()
            }
        default: break
        }
        try await gates.pass(job.item)
    }
}
