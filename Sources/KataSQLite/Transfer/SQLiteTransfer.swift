import GRDB
import Glibc
package import Kata

/// Moving all that an SQLite file holds to another store, or the other way round.
public enum SQLiteTransfer {
    /// Reads a database that no daemon works with, which stays as it is.
    ///
    /// - Throws: ``DatabaseLockError``; ``SQLiteOpenError``; ``StoreFailure``; what `body` threw.
    package static func read<Result>(_ path: String, _ body: (any StoredRowsSource) throws -> Result) throws -> Result {
        let path = try followLinks(path)
        let lock = try DatabaseLock(databasePath: path)
        defer { withExtendedLifetime(lock) {} }
        // Looks whether it is one, of this version.
        _ = try SQLiteReader(path: path)
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            return try DatabaseQueue(path: path, configuration: configuration).read { database in
                try body(SQLiteRowsSource(database))
            }
        } catch let error as DatabaseError {
            throw StoreFailure(error, path: path)
        }
    }

    /// Makes a database of what is moved there. It gets its name at the end, when it is whole and on the disk.
    ///
    /// - Throws: ``DatabaseLockError``; ``SQLiteOpenError``; ``StoreFailure``; ``FileError`` if there is one; what `body` threw.
    package static func write<Result>(
        _ path: String, _ body: (any StoredRowsTarget) throws -> Result
    ) throws -> Result {
        let path = try followLinks(path)
        if access(path, F_OK) == 0 { throw FileError(path: path, operation: "create", code: EEXIST) }
        let lock = try DatabaseLock(databasePath: path)
        defer { withExtendedLifetime(lock) {} }
        _ = removeLeftovers(in: directoryPath(of: path))
        let temporary = makeTemporaryPath(beside: path)
        defer { for ending in ["", "-wal", "-shm"] { unlink(temporary + ending) } }
        do {
            try DatabaseAccess().create(temporary)
            try SQLiteJobStore(path: temporary).close()
            var configuration = Configuration()
            // Some tables refer to others that come later.
            configuration.foreignKeysEnabled = false
            let queue = try DatabaseQueue(path: temporary, configuration: configuration)
            let result = try queue.inDatabase { database in
                try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE")
                var result: Result?
                try database.inTransaction(.immediate) {
                    result = try body(SQLiteRowsTarget(database))
                    return .commit
                }
                return result
            }
            try queue.close()
            guard let result else { preconditionFailure("a transaction was committed and has no result") }
            try publishFile(temporary, as: path)
            return result
        } catch let error as DatabaseError {
            throw StoreFailure(error, path: path)
        }
    }
}

/// A database that is made of what is moved there, in one transaction.
private final class SQLiteRowsTarget: StoredRowsTarget {
    private let database: Database
    private let source: SQLiteRowsSource

    init(_ database: Database) {
        self.database = database
        source = SQLiteRowsSource(database)
    }

    func count(_ table: StoredTable) throws -> Int { try source.count(table) }

    func read(_ table: StoredTable, _ body: (StoredRows) throws -> Void) throws { try source.read(table, body) }

    func write(_ rows: StoredRows) throws {
        let names = rows.table.columns.map(\.name).joined(separator: ", ")
        let places = rows.table.columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
        let insert = try SQLStatement("INSERT INTO \(rows.table.name) (\(names)) VALUES (\(places))", in: database)
        for row in rows.rows {
            for (index, value) in row.enumerated() {
                let place = Int32(index + 1)
                switch value {
                case .null: insert.bind(Int64?.none, at: place)
                case .integer(let value): insert.bind(value, at: place)
                case .text(let text): insert.bind(text, at: place)
                case .bytes(let bytes): insert.bind(bytes: bytes, at: place)
                }
            }
            try insert.execute()
        }
    }

    /// The transaction is committed once everything else is done.
    func finish() {}
}
