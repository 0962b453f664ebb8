import Glibc

/// Keeps a file up to date with a pipeline's results.
///
/// The store is the truth: the file is written anew at the start, then what was committed since is appended. If another
/// program changed the file or put another one in its place, if appending failed, or if results were pruned, the file is
/// written anew as well. A file that holds anything but an export's lines is never replaced.
actor LiveExport {
    private let path: String
    private let selection: ResultSelection
    private let store: any JobStoreReader
    private var pages: ResultPages.Iterator
    /// The file as it is if no other program touched it; `nil` if that is not known.
    private var written: FileState?
    private var lacksPruning = false
    /// How much of a file is looked at before it is replaced, in bytes: no longer than that is a thread held up.
    private static let checkedSize = 1 << 26

    init(path: String, pipeline: String, store: any JobStoreReader) {
        self.path = path
        self.store = store
        selection = ResultSelection(pipeline: pipeline)
        pages = ResultPages.Iterator(selection: selection, store: store)
    }

    /// Has the file written anew the next time, because results that are in it were pruned.
    func notePruning() {
        lacksPruning = true
    }

    /// Brings the file up to date. Not to be called again before it has returned.
    ///
    /// - Throws: ``FileError``; what the store threw.
    func catchUp() async throws {
        guard let written, !lacksPruning, written == FileState(of: path) else { return try await rewrite() }
        var pages = pages
        while let page = try await pages.next() {
            try append(page)
            self.pages = pages
        }
        self.pages = pages
    }

    private func append(_ bytes: [UInt8]) throws {
        let before = written
        // If writing fails, it is not known how much was written.
        written = nil
        // Not waiting: by now the path may be that of a pipe.
        let file = try OpenFile(path: path, flags: O_WRONLY | O_APPEND | O_NONBLOCK, operation: "open")
        guard let before, file.state == before else { throw FileError(path: path, operation: "write", code: ESTALE) }
        try file.write(bytes)
        written = file.state
    }

    private func rewrite() async throws {
        let old = FileState(of: path)
        guard old == nil || old == written || ExportFile.mayBeReplaced(path, limit: Self.checkedSize) else {
            throw FileError(path: path, operation: "replace what holds something else than results,", code: EEXIST)
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
        let file = try AtomicFile(path: path, onlyRegular: true)
        while let page = try await pages.next() { try file.write(page) }
        // What was looked at is what is replaced.
        guard FileState(of: path) == old else { throw FileError(path: path, operation: "replace", code: ESTALE) }
        let state = file.state
        try file.commit()
        self.pages = pages
        written = state
    }
}
