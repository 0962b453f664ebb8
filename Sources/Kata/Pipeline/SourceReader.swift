import Logging

/// Reads a source into the store, as far as the feed asks for more.
struct SourceReader {
    let source: any JobSource
    let recorder: Recorder
    let session: RunSession
    /// Whether a source that fails is asked again after a while, or ends the run.
    let triesAgain: Bool
    let clock: any Clock<Duration>
    let logger: Logger
    /// How many items are read at a time.
    private static let batchSize = 1_000
    private static let retry = RetryPolicy(attempts: .max, backoff: .seconds(1), max: .seconds(60))

    /// Reads until the source is exhausted.
    ///
    /// - Throws: what the source threw; ``RecorderFailure`` if the store failed.
    func run() async throws {
        let run = session.run
        var progress = run.progress
        while progress != .exhausted {
            try await session.sourceDemand.wait()
            let batch = try await read(from: progress, run: run)
            progress = batch.progress
            try await recorder.perform { transaction in
                try transaction.add(items: batch.items, to: run.id, progress: batch.progress, at: .now())
            } committed: { [session] _ in
                session.read(batch)
            }
        }
    }

    private func read(from progress: SourceProgress, run: Run) async throws -> SourceBatch {
        var failures = 0
        while true {
            do {
                return try await source.items(from: progress, run: run, limit: Self.batchSize)
            } catch  where triesAgain && !(error is CancellationError) {
                failures += 1
                let delay = Self.retry.ceiling(after: failures)
                logger.error(
                    "the source failed and is asked again",
                    metadata: ["error": "\(error)", "in_seconds": "\(delay.formattedSeconds)"])
                try await clock.sleep(for: delay)
            }
        }
    }
}
