import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A pipeline after a restart", .timeLimit(.minutes(10)))
struct PipelineRestartTests {
    private let store = MemoryJobStore()
    private var fixture: PipelineFixture { PipelineFixture(store: store, itemCount: 100, workerCount: 3) }

    @Test("resumes an unfinished run, however far it was", arguments: [0, 1, 40, 100], [0, 1, 39])
    func resumes(added: Int, done: Int) async throws {
        let run = try await unfinishedRun(added: added, done: min(done, added))
        let handler = TestHandler()
        var fixture = fixture
        fixture.handler = handler
        let status = try await fixture.run()

        try await #expect(fixture.items().byNumber == fixture.allItems)
        #expect(handler.handled.all.count == 100 - min(done, added))
        #expect(status.run?.id == run.id)
        #expect(status.run?.consumed == 100)
        #expect(status.run?.produced == 100)
        #expect(status.run?.isFinished == true)
    }

    @Test("knows before it runs what was done")
    func statusBeforeRun() async throws {
        try await unfinishedRun(added: 40, done: 30)
        let status = try await fixture.withPipeline { $0.status() }
        #expect(status.state == .idle)
        #expect(
            status.counts
                == .init(
                    pending: 10, queued: 0, running: 0, scheduled: 0, waiting: 0, done: 30, failed: 0, cancelled: 0))
        #expect(status.run?.consumed == 30)
        #expect(status.run?.isFinished == false)
    }

    @Test("closes a run of which nothing was left but that")
    func closes() async throws {
        let run = try await unfinishedRun(added: 100, done: 100)
        let status = try await fixture.run()
        #expect(status.run?.id == run.id)
        try await #expect(store.unfinishedRun(pipeline: "p") == nil)
        try await #expect(fixture.items().count == 100)
    }

    @Test("adds to the time that was spent on the run before")
    func elapsed() async throws {
        let run = try await unfinishedRun(added: 100, done: 99)
        #expect(try !store.transaction { try $0.endSession(run: run.id, elapsed: .seconds(1_000), at: .now()) })
        let status = try await fixture.run()
        let elapsed = try #require(try await store.latestRun(pipeline: "p")).elapsed
        // Not counted twice, however slow the machine is.
        #expect(elapsed > .seconds(1_000))
        #expect(elapsed < .seconds(2_000))
        #expect(status.run?.elapsed == elapsed)
    }

    @Test("starts another run, if it is to run once and the last run is finished")
    func onceMore() async throws {
        for id in 1...3 {
            let status = try await fixture.run()
            #expect(status.run?.id == Int64(id))
            #expect(status.counts.done == 100 * id)
        }
        try await #expect(fixture.items().count == 300)
    }

    @Test("keeps the number of items that the run was started with")
    func itemCountOfRun() async throws {
        try await unfinishedRun(added: 40, done: 30)
        var fixture = fixture
        fixture.itemCount = 5
        let status = try await fixture.run()
        #expect(status.run?.items == 100)
        try await #expect(fixture.items().count == 100)
    }

    /// What a daemon leaves behind that was killed.
    @discardableResult
    private func unfinishedRun(added: Int, done: Int) async throws -> Run {
        let run = try store.transaction { try $0.startRun(pipeline: "p", items: 100, at: .now()) }
        guard added > 0 else { return run }
        let progress = added == 100 ? SourceProgress.exhausted : .at(cursor: "\(added)")
        let jobs = try await store.add((0..<added).map(String.init), to: run.id, progress: progress)
        // The last ones first: what is left is not what was put last.
        for job in jobs.suffix(done) { try store.complete(job) }
        return run
    }
}
