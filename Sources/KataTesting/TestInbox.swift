import Kata

/// Has no items, and takes the jobs that a test submits.
struct TestInbox: JobSource {
    var extent: SourceExtent { .endless }
    var takesJobs: Bool { true }
    var emitsItems: Bool { false }

    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        try await Latch().wait()
        throw CancellationError()
    }
}
