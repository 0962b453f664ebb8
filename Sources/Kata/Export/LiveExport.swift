import Glibc

/// Keeps a file up to date with a pipeline's results.
///
/// The store is the truth: the file is written anew at the start, then what was committed since is appended. If another
/// program changed the file's length, or appending failed, the file is written anew as well.
actor LiveExport {
    private let path: String
    private let selection: ResultSelection
    private let store: any JobStoreReader
    private var pages: ResultPages.Iterator
    /// The length that the file has if no other program touched it; `nil` if that is not known.
    private var length: Int64?

    init(path: String, pipeline: String, store: any JobStoreReader) {
        self.path = path
        self.store = store
        selection = ResultSelection(pipeline: pipeline)
        pages = ResultPages.Iterator(selection: selection, store: store)
    }

    /// Brings the file up to date. Not to be called again before it has returned.
    ///
    /// - Throws: ``FileError``; what the store threw.
    func catchUp() async throws {
        guard let length, length == currentLength else { return try await rewrite() }
        var pages = pages
        while let page = try await pages.next() {
            try append(page)
            self.pages = pages
        }
        self.pages = pages
    }

    private func append(_ bytes: [UInt8]) throws {
        let before = length ?? 0
        // If writing fails, it is not known how much was written.
        length = nil
        try OpenFile(path: path, flags: O_WRONLY | O_APPEND, operation: "open").write(bytes)
        length = before + Int64(bytes.count)
    }

    private func rewrite() async throws {
        var written: Int64 = 0
        var pages = ResultPages.Iterator(selection: selection, store: store)
        let file = try AtomicFile(path: path)
        while let page = try await pages.next() {
            try file.write(page)
            written += Int64(page.count)
        }
        try file.commit()
        self.pages = pages
        length = written
    }

    private var currentLength: Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }
}
