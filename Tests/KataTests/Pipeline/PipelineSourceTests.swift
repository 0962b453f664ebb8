import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A pipeline whose source emits jobs", .timeLimit(.minutes(10)))
struct PipelineSourceTests {
    /// Always has a few more.
    private struct Spring: JobSource {
        var extent: SourceExtent { .endless }

        func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
            SourceBatch(jobs: Array(repeating: NewJob(item: "x"), count: 10), progress: .start)
        }
    }

    /// Emits first what can't be stored, and then a job.
    private struct Faulty: JobSource {
        let jobs: Notes<NewJob>
        let asked = Notes<Int>()
        var extent = SourceExtent.endless

        func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
            asked.add(limit)
            if asked.all.count <= jobs.all.count {
                return SourceBatch(jobs: [jobs.all[asked.all.count - 1]], progress: .start)
            }
            return SourceBatch(jobs: [NewJob(item: "good", uniqueKey: "good")], progress: .exhausted)
        }
    }

    @Test("asks again for a job that can't be stored, and takes it for the source's fault")
    func faulty() async throws {
        let bad = [
            NewJob(item: String(repeating: "x", count: NewJob.itemLimit + 1)), NewJob(item: "x", priority: 1_000),
            NewJob(item: "x", after: [4_711]),
        ]
        let jobs = Notes<NewJob>()
        for job in bad { jobs.add(job) }
        let store = MemoryJobStore()
        let handler = TestHandler()
        let source = Faulty(jobs: jobs)
        let fixture = PipelineFixture(store: store, source: source, handler: handler, clock: HaltingClock())
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await #expect(eventually { handler.handled.all.map(\.item) == ["good"] })
            pipeline.drain()
        }
        #expect(source.asked.all.count >= 4)
        // Without anybody to ask again, it is the end.
        await #expect(throws: JobFault.self) {
            try await PipelineFixture(source: Faulty(jobs: jobs, extent: .bounded), clock: HaltingClock()).run(.once)
        }
    }

    @Test("reads on as it has use for more, and not into the store without end")
    func demand() async throws {
        let store = MemoryJobStore()
        let handler = TestHandler()
        // Slower than the source.
        let fixture = PipelineFixture(store: store, interval: .microseconds(500), source: Spring(), handler: handler)
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await #expect(eventually { handler.handled.all.count >= 1_500 })
            pipeline.drain()
        }
        let counts = try await store.counts(pipeline: "p")
        #expect(counts.done >= 1_500)
        // What may be read ahead, twice, with what is on the queue; nine for each that was done would be 13,500.
        #expect(counts.pending < 3_000, "of \(counts.done)")
    }
}
