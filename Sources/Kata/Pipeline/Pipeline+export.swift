import Logging
import Synchronization

extension Pipeline {
    /// How long the export is left as it is after results were pruned from it: it has to be written anew each time.
    private static let pruningInterval = Duration.seconds(60)
    /// How long the file may take to get up to date once everything else was given up.
    private static let finishPatience = Duration.seconds(5)

    /// Runs `body` while the pipeline's result file, if it is to have one, is kept up to date. A file that can't be is
    /// logged, shown by the status and tried again; the pipeline works all the same.
    ///
    /// - Throws: what `body` threw; in mode ``Mode/once``, ``FileError`` if the file is not up to date at the end.
    func withLiveExport(_ mode: Mode, _ body: () async throws -> Void) async throws {
        guard let path = configuration.export else { return try await body() }
        let export = LiveExport(path: path, pipeline: name, store: store, clock: runtime.clock)
        let commits = recorder.commits()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let wake = AutoResetEvent()
            // Beside the work, for as long as it goes on: what asks for the file, and the one who writes it.
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
            try await finish(export)
            troubles.end(.export)
        } catch let error where error is FileError || error is UnansweredFile {
            report(error)
            // Somebody waits for the file.
            if mode == .once { throw error }
        } catch is CancellationError where !Task.isCancelled {
            logger.warning(
                "the export is behind, and is brought up to date at the next start", metadata: ["file": "\(path)"])
        }
    }

    /// Brings the file up to date for the last time. One that does not answer is not waited for much longer than the rest.
    ///
    /// - Throws: what ``LiveExport/catchUp()`` threw; `CancellationError` if it takes too long.
    private func finish(_ export: LiveExport) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await export.catchUp() }
            group.addTask { [givesUp, runtime] in
                try await givesUp.wait()
                try await runtime.clock.sleep(for: Self.finishPatience)
                throw CancellationError()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func keepUpToDate(_ export: LiveExport, _ wake: AutoResetEvent) async throws {
        // There may be results from before the start.
        wake.set()
        while true {
            try await wake.wait()
            while let failures = try await bringUpToDate(export) {
                try await runtime.clock.sleep(for: Backoff.persistent.pause(after: failures))
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

    /// - Returns: how many times in a row that has failed; `nil` if the file is up to date now.
    private func bringUpToDate(_ export: LiveExport) async throws -> Int? {
        do {
            try await export.catchUp()
            troubles.end(.export)
            return nil
        } catch let error as CancellationError {
            throw error
        } catch {
            return report(error)
        }
    }

    /// Says the same thing once, and shows it until it is over.
    ///
    /// - Returns: how many times in a row the export has failed.
    @discardableResult
    private func report(_ error: any Error) -> Int {
        let (failures, isNews) = troubles.failed(.export, error)
        if isNews { logger.error("the export is behind and is tried again", metadata: ["error": "\(error)"]) }
        return failures
    }
}
