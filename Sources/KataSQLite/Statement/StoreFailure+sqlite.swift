import GRDB
import Kata

extension StoreFailure {
    /// The database's file, or that of its write-ahead log, is not what it was when the database was opened.
    init(movedFrom path: String) {
        self.init(
            .lost,
            "the database '\(path)' was moved, removed or replaced while it was open, or its '-wal' was; what was recorded "
                + "last may be lost. Put both back as they were and start again")
    }

    init(_ error: DatabaseError, path: String) {
        let reason = error.message ?? "\(error.resultCode)"
        let cause = Self.cause(error.extendedResultCode)
        switch cause {
        case .full: self.init(cause, "no space for the database '\(path)'; make room, what was recorded is safe")
        case .locked: self.init(cause, "the database '\(path)' is locked by another process")
        default:
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: self.init(cause, DatabaseAdvice.damaged(path, reason: reason))
            case .SQLITE_IOERR: self.init(cause, DatabaseAdvice.failed(path, reason: reason))
            case _ where cause == .failing: self.init(cause, "the database '\(path)' takes no writes: \(reason)")
            default: self.init(cause, "the database '\(path)' failed: \(reason)")
            }
        }
    }

    private static func cause(_ code: ResultCode) -> Cause {
        switch code.primaryResultCode {
        case .SQLITE_FULL: return .full
        case .SQLITE_BUSY, .SQLITE_LOCKED: return .locked
        case .SQLITE_READONLY, .SQLITE_CANTOPEN: return .failing
        case .SQLITE_IOERR: break
        default: return .lost
        }
        // What these have in common: they come before the transaction could be whole in the log. What is told by a failed
        // sync, or after it, leaves open whether the transaction will be there after a restart.
        switch code {
        case .SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ, .SQLITE_IOERR_WRITE, .SQLITE_IOERR_LOCK,
            .SQLITE_IOERR_RDLOCK, .SQLITE_IOERR_CHECKRESERVEDLOCK:
            return .failing
        default: return .lost
        }
    }
}
