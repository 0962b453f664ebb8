/// An export's lines, page by page, in the order of consumption.
///
/// Each page is read on its own, so that a slow reader does not hold the store. Which runs a selection means is decided
/// at the start.
public struct ResultPages: AsyncSequence, Sendable {
    private let selection: ResultSelection
    private let store: any JobStoreReader
    private let format: ExportFormat
    /// In results. Of large items a page has fewer: as many as a ``StorePage``.
    private static let pageSize = 2_000

    /// Decides which runs are meant; results that these add later are read as well.
    ///
    /// - Throws: ``ResultsNotFound``; what the store threw.
    public init(
        _ selection: ResultSelection, in store: any JobStoreReader, format: ExportFormat = .text
    ) async throws {
        self.store = store
        self.format = format
        guard selection != ResultSelection() else {
            self.selection = selection
            return
        }
        if let pipeline = selection.pipeline, try await store.runIDs(in: ResultSelection(pipeline: pipeline)).isEmpty {
            throw ResultsNotFound.pipeline(pipeline)
        }
        let runs = Set(try await store.runIDs(in: selection))
        if case .only(let wanted) = selection.runs, let missing = wanted.subtracting(runs).min() {
            throw ResultsNotFound.run(missing)
        }
        self.selection = ResultSelection(pipeline: selection.pipeline, runs: .only(runs))
    }

    /// Begins at the first result.
    public func makeAsyncIterator() -> Iterator {
        Iterator(selection: selection, store: store, format: format)
    }

    /// Reads a page at a time.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let selection: ResultSelection
        let store: any JobStoreReader
        let format: ExportFormat
        private var lastID: JobResult.ID = 0
        /// What comes before the first result.
        private var header: [UInt8]

        init(selection: ResultSelection, store: any JobStoreReader, format: ExportFormat = .text) {
            self.selection = selection
            self.store = store
            self.format = format
            header = format.header
        }

        /// The next lines as UTF-8, at most 2,000 of them besides the header, and fewer if their items are more
        /// than a ``StorePage``; `nil` if there are no more now. Asked again, it goes on with results that were recorded
        /// since.
        ///
        /// - Throws: what the store threw.
        public mutating func next() async throws -> [UInt8]? {
            let results = try await nextResults()
            if results == nil && header.isEmpty { return nil }
            var bytes = header
            header = []
            for result in results ?? [] { format.append(result, to: &bytes) }
            return bytes
        }

        private mutating func nextResults() async throws -> [JobResult]? {
            let latest = try await store.latestResultID()
            let page = try await store.results(selection, after: lastID, limit: ResultPages.pageSize)
            guard let last = page.last else {
                // Up to here there are only results outside the selection, which need not be looked through again.
                lastID = Swift.max(lastID, latest)
                return nil
            }
            lastID = last.id
            return page
        }
    }
}
