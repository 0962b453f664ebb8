import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A pipeline that takes jobs and is to run once", .timeLimit(.minutes(10)))
struct PipelineOnceTests {
    private let store = MemoryJobStore()
    private let handler = TestHandler()
    private let clock = ManualWallClock()
    private var fixture: PipelineFixture {
        PipelineFixture(store: store, source: TestInbox(), handler: handler, wallClock: clock)
    }

    @Test("ends when there is nothing to do", arguments: [0, 1, 200])
    func ends(count: Int) async throws {
        let run = try store.openRun("p")
        try store.submit((0..<count).map { NewJob(item: "\($0)", priority: $0 % 3) }, to: run)
        try await runsToItsEnd()
        #expect(handler.handled.all.count == count)
        try await #expect(store.counts(pipeline: "p") == JobCounts(done: count))
        try await #expect(store.unfinishedRun(pipeline: "p")?.id == run.id, "there may be more to do another time")
    }

    @Test("ends if it never had anything to do")
    func endsWithoutRun() async throws {
        try await runsToItsEnd()
        try await #expect(store.counts(pipeline: "p") == JobCounts())
    }

    @Test("leaves a job alone whose time has not come")
    func scheduled() async throws {
        let run = try store.openRun("p")
        let ids = try [nil, Timestamp.sampleEnd].map { try store.submit(NewJob(item: "x", runAt: $0), to: run) }
        try await runsToItsEnd()
        #expect(handler.handled.all.map(\.id) == [ids[0]])
        clock.advance(to: .sampleEnd)
        try await runsToItsEnd()
        #expect(handler.handled.all.map(\.id) == ids)
    }

    /// Runs a pipeline, and goes on with the test if it does not end.
    private func runsToItsEnd() async throws {
        let hasEnded = Latch()
        let run = Task { [fixture] in
            defer { hasEnded.open() }
            try await fixture.run(.once)
        }
        try await #expect(eventually { hasEnded.isOpen }, "it waits for something")
        run.cancel()
        _ = try await run.value
    }
}
