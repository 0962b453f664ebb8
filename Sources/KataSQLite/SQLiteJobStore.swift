import CSQLite
import GRDB
public import Kata
import Synchronization

/// The store in an SQLite file.
///
/// One connection writes, and it alone makes checkpoints; everyone else only reads. A commit is on disk when it returns
/// (`synchronous = FULL`).
public final class SQLiteJobStore: JobStore, ForwardingReader {
    private let pool: DatabasePool
    private let files: Mutex<OpenDatabaseFiles>
    /// Run once, however many stores there are, because SQLite takes the setting only before its first use.
    private static let configureLibrary: Void = csqlite_forgo_memory_statistics()
    /// Reads on connections of its own, beside the one that writes.
    public let reader: any JobStoreReader

    /// Opens the database, or makes it, and brings it to the current schema.
    ///
    /// The caller holds its ``DatabaseLock``, and so knows that what is at that path can be used.
    ///
    /// - Parameter afterCrash: whether the daemon before may have been ended by one of the jobs that it had in hand. Otherwise
    ///   its end is no interruption of theirs.
    /// - Throws: ``SQLiteOpenError``.
    public init(path: String, afterCrash: Bool = true) throws {
        Self.configureLibrary
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 2
        // That references are right is for the code to see to, and its tests check it; SQLite would look them up with
        // every insert.
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            // Before anything is written: a file that is not Kata's stays as it is.
            if !database.configuration.readonly { _ = try checkIsKata(database, path: path, isEmptyAllowed: true) }
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            files = Mutex(OpenDatabaseFiles(path: path))
            reader = SQLiteReader(connections: pool, path: path)
            try makeDurable(path: path)
            try migrate(path: path)
            try resolveMoreDependents()
            if !afterCrash { try forgetStarts() }
        } catch let error as DatabaseError {
            throw SQLiteOpenError(error, path: path)
        }
    }

    /// - Throws: what `body` threw; ``StoreFailure``, also if what was committed would not be there after a restart.
    public func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
        do {
            let result = try pool.writeWithoutTransaction { try Self.transaction(on: $0, body) }
            try files.withLock { try $0.check() }
            return result
        } catch let error as DatabaseError {
            throw StoreFailure(error, path: pool.path)
        }
    }

    /// Writes the schema's version once more.
    ///
    /// - Throws: ``StoreFailure``.
    public func checkTakesWrites() throws {
        do {
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = \(Schema.version)") }
        } catch let error as DatabaseError {
            throw StoreFailure(error, path: pool.path)
        }
    }

    /// What GRDB's `inTransaction` does, which would have SQLite parse its statements every time.
    private static func transaction<Result>(
        on database: Database, _ body: (any StoreTransaction) throws -> Result
    ) throws -> Result {
        try SQLStatement("BEGIN IMMEDIATE", in: database).execute()
        do {
            let transaction = SQLiteTransaction(database: database)
            let result = try body(transaction)
            try transaction.writeCounters()
            try SQLStatement("COMMIT", in: database).execute()
            return result
        } catch {
            // The first error says more. Where SQLite has rolled back by itself, there is nothing left to do.
            try? database.rollback()
            throw error
        }
    }

    /// A setting of the writing connection, such as `synchronous`, as the connection itself says it is.
    func writerSetting(_ name: String) throws -> Int? {
        try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA \(name)") }
    }

    /// Closes the database. The write-ahead log is merged into the file.
    ///
    /// - Throws: `DatabaseError`.
    public func close() throws {
        // This closes the reading connections. The last connection to close does the merge, so it must be the writing
        // one.
        pool.releaseMemory()
        try pool.close()
    }

    private func forgetStarts() throws {
        try pool.write { database in
            try database.execute(sql: "UPDATE job SET started_at = NULL WHERE started_at IS NOT NULL")
            try database.execute(sql: "UPDATE run SET session_open = 0 WHERE session_open")
        }
    }

    /// Resolves the dependents that a daemon before had left to later transactions when it ended.
    private func resolveMoreDependents() throws {
        while try pool.writeWithoutTransaction({
            try Self.transaction(on: $0) { try $0.resolveMoreDependents(at: .now()) }
        })
        .hasMore {}
    }

    /// Brings the database to the current schema, and keeps a copy of what it was beside it.
    private func migrate(path: String) throws {
        let version = try pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } ?? 0
        if version > 0 && version < Schema.version {
            try DatabaseCopy.write(of: pool, to: "\(path).schema-\(version).bak")
        }
        try pool.writeWithoutTransaction { try Schema.migrate($0, from: version) }
    }

    /// Has each commit written through to the disk: GRDB switches on the WAL mode with `synchronous = NORMAL`, which
    /// may lose commits in a power cut.
    private func makeDurable(path: String) throws {
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let full = 2
        if try writerSetting("synchronous") != full { throw SQLiteOpenError.notDurable(path: path) }
    }
}
