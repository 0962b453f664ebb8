import GRDB
public import Kata

/// Reads a Kata database. Each call sees one state of it: what was committed before the call.
public struct SQLiteReader: JobStoreReader {
    private let connections: @Sendable () -> any DatabaseReader
    private let path: String
    private let reads: ReadsInProgress

    /// - Parameters:
    ///   - reads: to which those of this reader are added.
    ///   - connections: those to read on, which may be other ones from time to time.
    init(
        path: String, reads: ReadsInProgress = ReadsInProgress(),
        connections: @escaping @Sendable () -> any DatabaseReader
    ) {
        self.path = path
        self.reads = reads
        self.connections = connections
    }

    /// Opens a database that a daemon may be using, for reading only.
    ///
    /// - Throws: ``SQLiteOpenError``.
    public init(path: String) throws {
        self.path = path
        reads = ReadsInProgress()
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            try checkIsReadable(path)
            let database = try DatabaseQueue(path: path, configuration: configuration)
            connections = { database }
            let version = try database.read { try checkIsKata($0, path: path, isEmptyAllowed: false) }
            if version < Schema.version { throw SQLiteOpenError.older(path: path, version: version) }
        } catch let error as DatabaseError {
            throw SQLiteOpenError(error, path: path)
        }
    }

    /// - Parameter purpose: what for, in a word.
    /// - Throws: ``StoreFailure``; `CancellationError`.
    func read<Value: Sendable>(
        for purpose: StaticString = #function, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        let id = reads.begin(purpose)
        defer { reads.end(id) }
        do {
            return try await connections().read(body)
        } catch let error as DatabaseError where error.isInterruptionError && Task.isCancelled {
            // A read in a cancelled task is interrupted.
            throw CancellationError()
        } catch let error as DatabaseError {
            throw StoreFailure(error, path: path)
        }
    }
}
