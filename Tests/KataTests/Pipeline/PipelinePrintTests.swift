import KataTestSupport
import KataTesting
import Logging
import Testing

@testable import Kata

@Suite("What a job prints", .timeLimit(.minutes(10)))
struct PipelinePrintTests {
    private let gates = Gates()
    private let store = MemoryJobStore()

    private var fixture: PipelineFixture {
        PipelineFixture(
            store: store, workerCount: 1, queueSize: 1, source: TestInbox(), handler: PrintingHandler(gates: gates))
    }

    @Test("is stored with its end, in one transaction with that or an earlier one")
    func ended() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates, fixture] pipeline in
            gates.openAll()
            let id = try await submit("one", to: pipeline)
            try await fixture.wait(for: id, toBe: .done)
            let output = try #require(try await store.outputs(job: id, after: 0, limit: 9).first)
            #expect(output.attempt == 1 && output.consumerID == "c1" && output.endedAt != nil && !output.holdsKept)
            let pieces = try await store.outputPieces(output.id, from: 0)
            #expect(pieces.map { String(decoding: $0.bytes, as: UTF8.self) } == ["one out\n", "one err\n"])
            #expect(pieces.map(\.stream) == [.out, .err])
            // Once it is durable nothing of it is held.
            try await #expect(eventually { pipeline.recorder.outputs.output(of: id) == nil })
            pipeline.drain()
        }
    }

    @Test("is there to be read while it runs, and is saved without waiting for the end")
    func live() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates, fixture] pipeline in
            let id = try await submit("two", to: pipeline)
            try await gates.waitForArrival(at: "two")
            let output = try #require(pipeline.recorder.outputs.output(of: id))
            guard case .pieces(let pieces) = output.read(from: 0, size: .max) else {
                return #expect(Bool(false), "there is nothing to read")
            }
            #expect(pieces.count == 2)
            guard case .nothing(let change) = output.read(from: pieces[1].end, size: .max) else {
                return #expect(Bool(false), "there is more to read")
            }
            try await pipeline.recorder.saveChangedOutputs(upTo: 1)
            let saved = try #require(try await store.outputs(job: id, after: 0, limit: 9).first)
            #expect(saved.endedAt == nil && saved.printed == 16)
            gates.openAll()
            try await change.wait()
            try await fixture.wait(for: id, toBe: .done)
            pipeline.drain()
        }
    }

    @Test("is stored of a job that is cancelled, too")
    func cancelled() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates] pipeline in
            let id = try await submit("three", to: pipeline)
            try await gates.waitForArrival(at: "three")
            _ = try await JobSteering(recorder: pipeline.recorder, store: pipeline.store).cancel([id])
            try await #expect(
                eventually { try await self.store.outputs(job: id, after: 0, limit: 9).first?.endedAt != nil })
            pipeline.drain()
        }
    }

    @Test("once its attempt has ended goes nowhere")
    func late() async throws {
        let live = LiveOutputs()
        let report = JobContext.Report()
        let context = JobContext(
            job: Job(id: 1, runID: 1, item: ""), pipeline: "p", consumerID: "c1", logger: .init(label: "test"),
            report: report,
            collector: OutputCollector(
                pipeline: "p", limits: OutputLimits(), live: live, wallClock: ManualWallClock(.sampleStart)))
        _ = report.take()
        context.print("late")
        #expect(live.output(of: 1) == nil)
        report.begin()
        context.print("now")
        let output = try #require(live.output(of: 1))
        output.end(at: .sampleEnd, attemptStartedAt: nil)
        context.print("late")
        #expect(output.lastUpdate.printed == 3)
    }

    @Test("is nothing of a job that prints nothing")
    func nothing() async throws {
        try await fixture.whileRunning(.untilDrained) { [gates, fixture] pipeline in
            gates.openAll()
            let id = try await submit("silent", to: pipeline)
            try await fixture.wait(for: id, toBe: .done)
            try await #expect(store.outputs(job: id, after: 0, limit: 9).isEmpty)
            pipeline.drain()
        }
    }

    @Test("of many jobs is saved in turn, as far as a round may write")
    func turns() async throws {
        let recorder = Recorder(store: store, logger: .init(label: "test"))
        let (_, jobs) = try await store.run("a", items: ["0", "1", "2"])
        let collector = OutputCollector(
            pipeline: "p", limits: OutputLimits(), live: recorder.outputs, wallClock: ManualWallClock(.sampleStart))
        let outputs = jobs.map { collector.makeOutput(of: $0, "c1", isCopied: false) }
        let text = Array(String(repeating: "x", count: 1_000).utf8)
        for output in outputs {
            text.withUnsafeBufferPointer { collector.take($0, on: .out, into: output, isFirst: true) }
        }
        for round in 1...3 {
            try await recorder.saveChangedOutputs(upTo: 1_000)
            var saved: [Job.ID] = []
            for job in jobs where try await !store.outputs(job: job.id, after: 0, limit: 9).isEmpty {
                saved.append(job.id)
            }
            #expect(saved == jobs.prefix(round).map(\.id))
            // The first one goes on, and has to wait for the others.
            text.withUnsafeBufferPointer { collector.take($0, on: .out, into: outputs[0], isFirst: false) }
        }
        await recorder.stop()
    }

    private func submit(_ item: String, to pipeline: Pipeline) async throws -> Job.ID {
        try await pipeline.submit([NewJob(item: item)])[0].id
    }
}

private struct PrintingHandler: JobHandler {
    let gates: Gates

    func handle(_ job: Job, in context: JobContext) async throws {
        if job.item != "silent" {
            context.print("\(job.item) out\n")
            context.print("\(job.item) err\n", to: .err)
        }
        try await gates.pass(job.item)
    }
}
