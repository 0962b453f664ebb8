import Dispatch
import GRDB
import Kata
import Synchronization

/// The connections of a store to its database: one that writes, and two that read.
final class StoreConnections: Sendable {
    let path: String
    private let pool: Mutex<DatabasePool>

    /// Opens the database, or makes it. The caller holds its ``DatabaseLock``.
    ///
    /// - Throws: `DatabaseError`; ``SQLiteOpenError``.
    init(path: String) throws {
        self.path = path
        pool = Mutex(try Self.open(path))
    }

    /// Those that are to be used now.
    var current: DatabasePool { pool.withLock { $0 } }

    /// Puts new connections in the place of those that there are, whose caches may hold what is not in the file: SQLite could
    /// not read back what it had to undo.
    ///
    /// The old ones are closed only after that. If there were none for a moment, the next one would read the whole log, and take a
    /// transaction that is in it for committed although its sync has failed.
    ///
    /// - Throws: `DatabaseError`; ``SQLiteOpenError``. The old ones stay then.
    func reopen() throws {
        let new = try Self.open(path)
        let old = pool.withLock { pool in
            defer { pool = new }
            return pool
        }
        // Somebody may be reading from a file that does not answer.
        do {
            try startThread(named: "kata-close") { try? old.close() }
        } catch {
            // There is no room for a thread.
            try? old.close()
        }
    }

    /// Closes the database. The write-ahead log is merged into the file.
    ///
    /// - Throws: `DatabaseError`.
    func close() throws {
        // This closes the reading connections. The last connection to close does the merge, so it must be the writing
        // one.
        current.releaseMemory()
        try current.close()
    }

    private static func open(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 2
        // A higher one is for threads with a higher priority, which only root may give.
        configuration.qos = .default
        // That references are right is for the code to see to, and its tests check it; SQLite would look them up with
        // every insert.
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            // Before anything is written: a file that is not Kata's stays as it is.
            if !database.configuration.readonly { _ = try checkIsKata(database, path: path, isEmptyAllowed: true) }
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try makeDurable(pool, path: path)
        return pool
    }

    /// Has each commit written through to the disk: GRDB switches on the WAL mode with `synchronous = NORMAL`, which
    /// may lose commits in a power cut.
    private static func makeDurable(_ pool: DatabasePool, path: String) throws {
        let full = 2
        let isDurable = try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            // Has a write-ahead log that has grown be cut when it is reset. Otherwise its file stays as large as it ever was.
            try database.execute(sql: "PRAGMA journal_size_limit = \(WriteAheadLogWatch.sizeLimit)")
            return try Int.fetchOne(database, sql: "PRAGMA synchronous") == full
        }
        if !isDurable { throw SQLiteOpenError.notDurable(path: path) }
    }
}
