import KataTestSupport
import KataTesting
import Testing

@testable import Kata

/// Giving up a run whose source can't go on.
@Suite("An abandoned run", .timeLimit(.minutes(10)))
struct PipelineAbandonTests {
    /// Gives two items, and then can't go on; from its start it can.
    private struct StuckSource: JobSource {
        struct Failure: Error {}

        func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
            guard progress == .start else { throw Failure() }
            return SourceBatch(items: ["a", "b"], progress: .at(cursor: "2"))
        }
    }

    private var fixture: PipelineFixture {
        var fixture = PipelineFixture(clock: ManualClock())
        fixture.source = StuckSource()
        return fixture
    }

    @Test("is finished once the jobs that it has are, and the next one reads the source from its start")
    func ends() async throws {
        let fixture = fixture
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await #require(eventually { pipeline.status().trouble?.part == .source })
            try await #require(eventually { pipeline.status().run?.consumed == 2 })
            #expect(try await pipeline.abandonRun().id == 1)
            try await #require(eventually { pipeline.status().run?.isFinished == true })
            #expect(pipeline.status().trouble == nil)
            await #expect(throws: PipelineError.noRun(pipeline: "p")) { try await pipeline.abandonRun() }

            #expect(try await pipeline.startRun().id == 2)
            try await #expect(eventually { try await fixture.items().sorted() == ["a", "a", "b", "b"] })
            pipeline.drain()
        }
    }

    @Test("ends when its pipeline is resumed that was paused")
    func paused() async throws {
        let gates = Gates()
        var fixture = fixture
        fixture.workerCount = 1
        fixture.handler = TestHandler(gates: gates)
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await gates.waitForArrival(at: "a")
            try await #require(eventually { pipeline.status().trouble?.part == .source })
            try await pipeline.pause()
            try await pipeline.abandonRun()
            // Again, which changes nothing.
            try await pipeline.abandonRun()
            gates.openAll()
            try await #require(eventually { pipeline.status().run?.consumed == 1 })
            #expect(pipeline.status().run?.isFinished == false)
            try await pipeline.resume()
            try await #require(eventually { pipeline.status().run?.isFinished == true })
            #expect(pipeline.status().run?.consumed == 2)
            pipeline.drain()
        }
    }

    @Test("takes nothing of a batch that the source gives just then")
    func lateBatch() async throws {
        let arrival = Latch()
        let gate = Latch()
        struct LateSource: JobSource {
            let arrival: Latch
            let gate: Latch

            func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
                if progress == .start { return SourceBatch(items: ["a"], progress: .at(cursor: "1")) }
                arrival.open()
                await gate.waitIgnoringCancellation()
                return SourceBatch(items: ["late"], progress: .exhausted)
            }
        }
        var fixture = fixture
        fixture.source = LateSource(arrival: arrival, gate: gate)
        try await fixture.whileRunning(.untilDrained) { [fixture] pipeline in
            try await arrival.wait()
            try await pipeline.abandonRun()
            gate.open()
            try await #require(eventually { pipeline.status().run?.isFinished == true })
            #expect(try await fixture.items() == ["a"])
            pipeline.drain()
        }
    }
}
