/// The flat file's lines, page by page, in the order of consumption.
///
/// Each page is read on its own, so that a slow reader does not hold the store. The runs that are meant are settled at
/// the start.
public struct ResultPages: AsyncSequence, Sendable {
    /// A pipeline or run that was asked for is not there.
    public enum NotFound: Error, Hashable, CustomStringConvertible {
        case pipeline(String)
        case run(Run.ID)

        public var description: String {
            switch self {
            case .pipeline(let name): "there is no run of a pipeline '\(name)'"
            case .run(let id): "there is no run \(id)"
            }
        }
    }

    private let selection: ResultSelection
    private let store: any JobStoreReader
    private static let pageSize = 2_000

    /// - Throws: ``NotFound``; what the store threw.
    public init(_ selection: ResultSelection, in store: any JobStoreReader) async throws {
        self.store = store
        guard selection != ResultSelection() else {
            self.selection = selection
            return
        }
        if let pipeline = selection.pipeline, try await store.runIDs(in: ResultSelection(pipeline: pipeline)).isEmpty {
            throw NotFound.pipeline(pipeline)
        }
        let runs = Set(try await store.runIDs(in: selection))
        if case .only(let wanted) = selection.runs, let missing = wanted.subtracting(runs).min() {
            throw NotFound.run(missing)
        }
        self.selection = ResultSelection(pipeline: selection.pipeline, runs: .only(runs))
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(selection: selection, store: store)
    }

    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let selection: ResultSelection
        let store: any JobStoreReader
        var lastID: JobResult.ID = 0

        /// The next lines as UTF-8; `nil` at the end.
        public mutating func next() async throws -> [UInt8]? {
            let latest = try await store.latestResultID()
            let page = try await store.results(selection, after: lastID, limit: ResultPages.pageSize)
            guard let last = page.last else {
                // Up to here there are only results of others, which need not be looked through again.
                lastID = Swift.max(lastID, latest)
                return nil
            }
            lastID = last.id
            var bytes: [UInt8] = []
            for result in page { ExportFormat.append(result, to: &bytes) }
            return bytes
        }
    }
}
