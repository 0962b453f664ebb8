import Glibc

/// Keeps a file up to date with a pipeline's results.
///
/// The store is the truth: the file is written anew at the start, then what was committed since is appended. If another
/// program changed the file or put another one in its place, if appending failed, or if results were pruned, the file is
/// written anew as well. A file that holds anything but an export's lines is never replaced.
///
/// Whatever is done with the file is done on a thread of its own, because its file system may not answer.
actor LiveExport {
    private let path: String
    private let selection: ResultSelection
    private let store: any JobStoreReader
    private let files: FileThread
    private var pages: ResultPages.Iterator
    /// The file as it is if no other program touched it; `nil` if that is not known.
    private var written: FileState?
    private var lacksPruning = false
    /// How much of a file is looked at before it is replaced, in bytes.
    private static let checkedSize = 1 << 26
    /// To make a large file durable takes a slow disk a while.
    private static let patience = Duration.seconds(60)

    init(path: String, pipeline: String, store: any JobStoreReader, clock: any MonotonicClock = PreciseClock()) {
        self.path = path
        self.store = store
        files = FileThread(name: "kata-export", patience: Self.patience, clock: clock)
        selection = ResultSelection(pipeline: pipeline)
        pages = ResultPages.Iterator(selection: selection, store: store)
    }

    /// Has the file written anew the next time, because results that are in it were pruned.
    func notePruning() {
        lacksPruning = true
    }

    /// Brings the file up to date. Not to be called again before it has returned.
    ///
    /// - Throws: ``FileError``; ``UnansweredFile``; what the store threw.
    func catchUp() async throws {
        let state = try await onFiles { FileState(of: $0) }
        guard let written, !lacksPruning, written == state else { return try await rewrite(state) }
        var pages = pages
        while let page = try await pages.next() {
            try await append(page)
            self.pages = pages
        }
        self.pages = pages
    }

    private func onFiles<Result: Sendable>(_ body: @escaping @Sendable (String) throws -> Result) async throws -> Result
    {
        try await files.perform(on: path) { [path] in try body(path) }
    }

    private func append(_ bytes: [UInt8]) async throws {
        let before = written
        // If writing fails, it is not known how much was written.
        written = nil
        written = try await onFiles { path in
            // Not waiting: by now the path may be that of a pipe.
            let file = try OpenFile(path: path, flags: O_WRONLY | O_APPEND | O_NONBLOCK, operation: "open")
            guard let before, file.state == before else {
                throw FileError(path: path, operation: "write", code: ESTALE)
            }
            try file.write(bytes)
            return file.state
        }
    }

    private func rewrite(_ old: FileState?) async throws {
        if old != nil && old != written {
            let mayBeReplaced = try await onFiles { [files] path in
                ExportFile.mayBeReplaced(path, limit: Self.checkedSize, progress: files.noteProgress)
            }
            if !mayBeReplaced {
                throw FileError(path: path, operation: "replace what holds something else than results,", code: EEXIST)
            }
        }
        written = nil
        let writesAllPruning = lacksPruning
        lacksPruning = false
        do {
            try await writeAll(inPlaceOf: old)
        } catch {
            lacksPruning = lacksPruning || writesAllPruning
            throw error
        }
    }

    private func writeAll(inPlaceOf old: FileState?) async throws {
        var pages = ResultPages.Iterator(selection: selection, store: store)
        let draft = try await onFiles { try ExportDraft(path: $0) }
        do {
            while let page = try await pages.next() { try await onFiles { _ in try draft.write(page) } }
            written = try await onFiles { path in
                // What was looked at is what is replaced.
                guard FileState(of: path) == old else {
                    throw FileError(path: path, operation: "replace", code: ESTALE)
                }
                return try draft.commit()
            }
        } catch {
            // Not waited for: a file that gave no answer would give none to this.
            files.performLater(on: path) { draft.discard() }
            throw error
        }
        self.pages = pages
    }
}
