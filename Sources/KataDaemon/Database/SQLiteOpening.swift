import Glibc
import Kata
import KataSQLite
import Logging
import Synchronization

/// Opens an SQLite file, or makes it, for those whom the configuration lets read it.
final class SQLiteOpening: DatabaseOpening {
    private let path: String
    private let access: DatabaseAccess
    private let logger: Logger
    /// Kept from one try to the next: what became of its last owner is told only once.
    private let lock = Mutex<DatabaseLock?>(nil)

    /// - Parameter group: may read the database; `nil` means that no group may.
    init(path: String, group: gid_t?, logger: Logger) {
        self.path = path
        access = DatabaseAccess(group: group)
        self.logger = logger
    }

    var isAlone: Bool { lock.withLock { $0 != nil } }

    func open() throws -> any DaemonDatabase {
        try checkDirectory(ofDatabase: path)
        do {
            let lock = try takeLock()
            try access.create(path)
            // It may have been made just now.
            try lock.coverDatabase()
            let store = try SQLiteJobStore(path: path, afterCrash: lock.ownerDied)
            if let mode = try access.apply(to: path) {
                logger.notice(
                    "the database's mode was changed: database_group says who may read it",
                    metadata: ["database": "\(path)", "mode_before": "\(mode)"])
            }
            return SQLiteDatabase(path: path, lock: lock, jobs: store)
        } catch let error as FileError {
            throw StoreFailure(error.code, "\(error)") ?? error as any Error
        } catch let error as DatabaseLockError {
            guard case .cannotCreate(_, let code) = error else { throw error }
            throw StoreFailure(code, "\(error)") ?? error as any Error
        }
    }

    private func takeLock() throws -> DatabaseLock {
        try lock.withLock { lock in
            if let lock {
                try lock.recheck()
                return lock
            }
            let taken = try DatabaseLock(databasePath: path)
            lock = taken
            return taken
        }
    }
}

extension StoreFailure {
    /// What a system call on the store's files failed with; `nil` if waiting is of no use.
    fileprivate init?(_ code: Int32, _ description: String) {
        switch code {
        case ENOSPC, EDQUOT: self.init(.full, description)
        case EIO, EROFS, ENOMEM, EMFILE, ENFILE: self.init(.failing, description)
        default: return nil
        }
    }
}
