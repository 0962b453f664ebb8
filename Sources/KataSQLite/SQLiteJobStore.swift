import CSQLite
import GRDB
public import Kata
import Synchronization

/// The store in an SQLite file.
///
/// One connection writes, and it alone makes checkpoints; everyone else only reads. A commit is on disk when it returns
/// (`synchronous = FULL`).
public final class SQLiteJobStore: JobStore, ForwardingReader {
    private let connections: StoreConnections
    private let files: Mutex<OpenDatabaseFiles>
    /// What the writing connection failed with.
    private let doubt = Mutex(Doubt.none)
    /// Run once, however many stores there are, because SQLite takes the setting only before its first use.
    private static let configureLibrary: Void = csqlite_forgo_memory_statistics()
    /// Reads on connections of its own, beside the one that writes.
    public let reader: any JobStoreReader
    /// What is read from the database in this process.
    public let reads = ReadsInProgress()

    /// Opens the database, or makes it, and brings it to the current schema.
    ///
    /// The caller holds its ``DatabaseLock``, and so knows that what is at that path can be used.
    ///
    /// - Parameter afterCrash: whether the daemon before may have been ended by one of the jobs that it had in hand. Otherwise
    ///   its end is no interruption of theirs.
    /// - Throws: ``SQLiteOpenError``; ``StoreFailure`` if it may be had later.
    public init(path: String, afterCrash: Bool = true) throws {
        Self.configureLibrary
        do {
            connections = try StoreConnections(path: path)
            files = Mutex(OpenDatabaseFiles(path: path))
            reader = SQLiteReader(path: path, reads: reads) { [connections] in connections.current }
            try migrate(path: path)
            try resolveMoreDependents()
            if !afterCrash { try forgetStarts() }
        } catch let error as DatabaseError {
            let failure = StoreFailure(error, path: path)
            throw failure.mayPass ? failure : SQLiteOpenError(error, path: path)
        }
    }

    /// - Throws: what `body` threw; ``StoreFailure``, also if what was committed would not be there after a restart.
    public func transaction<Result>(_ body: (any StoreTransaction) throws -> Result) throws -> Result {
        try write { try Self.transaction(on: $0, body) }
    }

    /// Writes the schema's version once more.
    ///
    /// - Throws: ``StoreFailure``.
    public func checkTakesWrites() throws {
        try write { database in
            do {
                try database.execute(sql: "PRAGMA user_version = \(Schema.version)")
            } catch let error as DatabaseError {
                throw FailedCommit(error: error)
            }
        }
    }

    private func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do {
            if doubt.withLock({ $0 != .none }) { try connections.reopen() }
            let result = try connections.current.writeWithoutTransaction(body)
            try files.withLock { try $0.check() }
            doubt.withLock { $0 = .none }
            return result
        } catch let error as DatabaseError {
            throw failure(error, isCommit: false)
        } catch let commit as FailedCommit {
            throw failure(commit.error, isCommit: true)
        } catch let error as SQLiteOpenError {
            throw StoreFailure(.lost, "\(error)")
        }
    }

    /// That all of a transaction was made, and could not be committed.
    private struct FailedCommit: Error {
        let error: DatabaseError
    }

    /// What keeps the writing connection from being used as it is.
    private enum Doubt {
        case none
        /// What it has of the file in memory may be wrong.
        case memory
        /// It says that the file is damaged, which may come from that.
        case damage
    }

    private func failure(_ error: DatabaseError, isCommit: Bool) -> StoreFailure {
        doubt.withLock { doubt in
            switch error.resultCode {
            case .SQLITE_FULL, .SQLITE_BUSY, .SQLITE_LOCKED: break
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                if doubt == .damage { break }
                doubt = .damage
                return StoreFailure(
                    .failing, "the database '\(connections.path)' was read as damaged, and is opened anew to make sure")
            default: doubt = .memory
            }
            return StoreFailure(error, path: connections.path, isCommit: isCommit)
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
            do {
                try SQLStatement("COMMIT", in: database).execute()
            } catch let error as DatabaseError {
                throw FailedCommit(error: error)
            }
            return result
        } catch {
            // The first error says more. Where SQLite has rolled back by itself, there is nothing left to do.
            try? database.rollback()
            throw error
        }
    }

    /// A setting of the writing connection, such as `synchronous`, as the connection itself says it is.
    func writerSetting(_ name: String) throws -> Int? {
        try connections.current.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA \(name)") }
    }

    /// Closes the database. The write-ahead log is merged into the file.
    ///
    /// - Throws: `DatabaseError`.
    public func close() throws {
        try connections.close()
    }

    private func forgetStarts() throws {
        try connections.current.write { database in
            try database.execute(sql: "UPDATE job SET started_at = NULL WHERE started_at IS NOT NULL")
            try database.execute(sql: "UPDATE run SET session_open = 0 WHERE session_open")
        }
    }

    /// Resolves the dependents that a daemon before had left to later transactions when it ended.
    private func resolveMoreDependents() throws {
        while try transaction({ try $0.resolveMoreDependents(at: .now()) }).hasMore {}
    }

    /// Brings the database to the current schema, and keeps a copy of what it was beside it.
    private func migrate(path: String) throws {
        let pool = connections.current
        let version = try pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } ?? 0
        if version > 0 && version < Schema.version {
            try DatabaseCopy.write(of: pool, to: "\(path).schema-\(version).bak")
        }
        try pool.writeWithoutTransaction { try Schema.migrate($0, from: version) }
    }
}
