import Logging

/// Reads a source into the store, as far as the feed asks for more.
struct SourceReader {
    let source: any JobSource
    let store: any JobStore
    let recorder: Recorder
    let session: RunSession
    /// Whether a source that fails is asked again after a while; otherwise its failure ends the run.
    let triesAgain: Bool
    let runtime: Runtime
    let logger: Logger
    /// Shows what keeps the source from working; `nil` if it works. Returns whether that is news.
    let show: @Sendable (String?) -> Bool
    /// How many items are read at a time.
    private static let batchSize = 1_000
    private static let forever = Duration.seconds(100 * 365 * 24 * 3_600)
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
            switch batch.content {
            case .items(let items): try await add(items, batch.progress)
            case .jobs(let jobs): try await add(jobs, batch.progress)
            }
        }
    }

    private func add(_ items: [String], _ progress: SourceProgress) async throws {
        try await recorder.perform { [session, runtime] transaction in
            try transaction.add(items: items, to: session.run.id, progress: progress, at: runtime.wallClock.now())
        } committed: { [session] _ in
            session.read(items.count, progress)
        }
    }

    private func add(_ jobs: [NewJob], _ progress: SourceProgress) async throws {
        let submitted = try await recorder.perform { [session, runtime] transaction in
            let now = runtime.wallClock.now()
            try transaction.add(items: [], to: session.run.id, progress: progress, at: now)
            return try transaction.submit(jobs, to: session.run.id, uniqueFor: Self.forever, at: now)
        } committed: { [session] submitted in
            // First the new jobs, then that they were the last: in between a feed would take itself to be at its end.
            session.added(jobs, submitted)
            session.read(0, progress)
        }
        // Jobs that were finished when the daemon ended, before the source was told.
        for job in submitted where job.isDuplicate && source.followsJobs {
            guard let record = try await store.job(job.id), record.state.isFinal else { continue }
            await source.settled(record)
        }
    }

    private func read(from progress: SourceProgress, run: Run) async throws -> SourceBatch {
        var failures = 0
        while true {
            do {
                let batch = try await source.items(from: progress, run: run, limit: Self.batchSize)
                _ = show(nil)
                if failures > 1 { logger.notice("the source works again", metadata: ["failures": "\(failures)"]) }
                return batch
            } catch  where triesAgain && !(error is CancellationError) {
                failures += 1
                let delay = Self.retry.ceiling(after: failures)
                // Said once; how often it failed is said when it works again.
                if show("\(error)") {
                    logger.error(
                        "the source failed and is asked again",
                        metadata: ["error": "\(error)", "in_seconds": "\(delay.formattedSeconds)"])
                }
                try await runtime.clock.sleep(for: delay)
            }
        }
    }
}
