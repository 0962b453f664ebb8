import Kata

/// Gives the same each time.
struct Stuck: JobSource {
    let batch: @Sendable () throws -> SourceBatch
    var extent: SourceExtent { .bounded }

    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch { try batch() }
}
