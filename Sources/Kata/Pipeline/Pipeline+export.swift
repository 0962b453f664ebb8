import Logging

extension Pipeline {
    /// Runs `body` while the pipeline's result file, if it is to have one, is kept up to date.
    ///
    /// - Throws: ``FileError`` if the file can't be created at the start or is not up to date at the end. In between, a
    ///   failure is logged and made good with the next commit.
    func withLiveExport(_ body: () async throws -> Void) async throws {
        guard let path = configuration.export else { return try await body() }
        let export = LiveExport(path: path, pipeline: name, store: store)
        let commits = recorder.commits()
        try await export.catchUp()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [logger] in
                for await _ in commits {
                    do {
                        try await export.catchUp()
                    } catch is CancellationError {
                        // The end of the pipeline; what is missing in the file is added below.
                    } catch {
                        logger.error("the export is behind", metadata: ["error": "\(error)"])
                    }
                }
            }
            try await body()
            group.cancelAll()
        }
        try await export.catchUp()
    }
}
