import KataTestSupport
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
