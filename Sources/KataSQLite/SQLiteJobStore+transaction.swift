import GRDB
public import Kata
import Synchronization

/// The writing connection, and what is done when it fails.
extension SQLiteJobStore {
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
    enum Doubt {
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
}
