import CSQLite
import GRDB
public import Kata
import Synchronization

/// The store in an SQLite file.
///
/// One connection writes, and it alone makes checkpoints; everyone else only reads. A commit is on disk when it returns
/// (`synchronous = FULL`).
public final class SQLiteJobStore: JobStore, ForwardingReader {
    let connections: StoreConnections
    let files: Mutex<OpenDatabaseFiles>
    /// What the writing connection failed with.
    let doubt = Mutex(Doubt.none)
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
