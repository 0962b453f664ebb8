import Logging
import Synchronization

extension Pipeline {
    /// How long the export is left as it is after results were pruned from it: it has to be written anew each time.
    private static let pruningInterval = Duration.seconds(60)
    private static let exportRetry = RetryPolicy(attempts: .max, backoff: .seconds(1), max: .seconds(60))

    /// Runs `body` while the pipeline's result file, if it is to have one, is kept up to date. A file that can't be is
    /// logged, shown by the status and tried again; the pipeline works all the same.
    ///
    /// - Throws: what `body` threw; in mode ``Mode/once``, ``FileError`` if the file is not up to date at the end.
    func withLiveExport(_ mode: Mode, _ body: () async throws -> Void) async throws {
        guard let path = configuration.export else { return try await body() }
        let export = LiveExport(path: path, pipeline: name, store: store)
        let commits = recorder.commits()
        _ = try await bringUpToDate(export, failuresBefore: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let wake = AutoResetEvent()
            group.addTask { for await _ in commits { wake.set() } }
            group.addTask { try await self.notePruning(export, wake) }
            group.addTask { try await self.keepUpToDate(export, wake) }
            try await body()
            group.cancelAll()
            do {
                try await group.waitForAll()
            } catch is CancellationError {
                // What is missing in the file is added below.
            }
        }
        do {
            try await export.catchUp()
            troubles.end(.export)
        } catch let error as FileError {
            report(error, failures: 1)
            // Somebody waits for the file.
            if mode == .once { throw error }
        }
    }

    private func keepUpToDate(_ export: LiveExport, _ wake: AutoResetEvent) async throws {
        // The start may not have succeeded, and results may have come since.
        wake.set()
        while true {
            try await wake.wait()
            var failures = 0
            while try await !bringUpToDate(export, failuresBefore: failures) {
                failures += 1
                try await runtime.clock.sleep(for: Self.exportRetry.ceiling(after: failures))
            }
        }
    }

    private func notePruning(_ export: LiveExport, _ wake: AutoResetEvent) async throws {
        while true {
            try await resultsWerePruned.wait()
            await export.notePruning()
            wake.set()
            try await runtime.clock.sleep(for: Self.pruningInterval)
        }
    }

    /// - Returns: whether the file is up to date now.
    private func bringUpToDate(_ export: LiveExport, failuresBefore: Int) async throws -> Bool {
        do {
            try await export.catchUp()
            if failuresBefore > 0 {
                logger.notice("the export is up to date again", metadata: ["failures": "\(failuresBefore)"])
            }
            troubles.end(.export)
            return true
        } catch let error as CancellationError {
            throw error
        } catch {
            report(error, failures: failuresBefore + 1)
            return false
        }
    }

    /// Says the same thing once, and shows it until it is over.
    private func report(_ error: any Error, failures: Int) {
        let old = troubles[.export]?.reason
        troubles.failed(.export, error)
        if troubles[.export]?.reason != old {
            logger.error("the export is behind and is tried again", metadata: ["error": "\(error)"])
        }
    }
}
