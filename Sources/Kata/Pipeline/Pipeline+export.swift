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
    /// - Throws: what `body` threw; in mode ``Mode/once``, ``FileError`` or ``UnansweredFile`` if the file is not up to date at the
    ///   end.
    func withLiveExport(_ mode: Mode, _ body: () async throws -> Void) async throws {
        guard let path = configuration.export else { return try await body() }
        let export = LiveExport(path: path, pipeline: name, store: store, clock: runtime.clock)
        let commits = recorder.commits()
        let wake = AutoResetEvent()
        let isOver = Latch()
        let lastCatchUp = Promise<Void>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Beside the work, for as long as it goes on: what asks for the file, and the one who writes it.
            group.addTask { for await _ in commits { wake.set() } }
            group.addTask { try await self.notePruning(export, wake) }
            group.addTask {
                do {
                    try await self.keepUpToDate(export, wake, until: isOver)
                    lastCatchUp.keep(.success(()))
                } catch {
                    lastCatchUp.keep(.failure(error))
                }
            }
            defer { group.cancelAll() }
            try await body()
            // What is being written is not cut off.
            isOver.open()
            wake.set()
            try await finish(lastCatchUp, path, mode)
        }
    }

    /// Waits for what is missing in the file at the end. One that does not answer is not waited for much longer than the rest.
    private func finish(_ lastCatchUp: Promise<Void>, _ path: String, _ mode: Mode) async throws {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await lastCatchUp.value() }
                group.addTask { [givesUp, runtime] in
                    try await givesUp.wait()
                    try await runtime.clock.sleep(for: Self.finishPatience)
                    throw UnansweredFile(path: path)
                }
                defer { group.cancelAll() }
                try await group.next()
            }
            troubles.end(.export)
        } catch let error where error is FileError || error is UnansweredFile || error is SystemShortage {
            report(error)
            // Somebody waits for the file.
            if mode == .once { throw error }
        }
    }

    private func keepUpToDate(_ export: LiveExport, _ wake: AutoResetEvent, until isOver: Latch) async throws {
        // There may be results from before the start.
        wake.set()
        while true {
            try await wake.wait()
            if isOver.isOpen { break }
            while let failures = try await bringUpToDate(export), !isOver.isOpen {
                try await pause(after: failures, until: isOver)
            }
        }
        try await export.catchUp()
    }

    private func pause(after failures: Int, until isOver: Latch) async throws {
        do {
            try await withCancellation(on: isOver) { [runtime] in
                try await runtime.clock.sleep(for: Backoff.persistent.pause(after: failures))
            }
        } catch is CancellationError where !Task.isCancelled {
            // The end.
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
