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

    /// The database is on a file system that takes no writes.
    init(readOnly path: String) {
        self.init(.failing, "the database '\(path)' is on a file system that takes no writes; make it writable")
    }

    /// - Parameter isCommit: whether it was the commit that failed.
    init(_ error: DatabaseError, path: String, isCommit: Bool = false) {
        let reason = error.message ?? "\(error.resultCode)"
        let isUndecided = isCommit && !Self.comesBeforeLog(error.extendedResultCode)
        let cause = Self.cause(error.resultCode)
        let text =
            switch cause {
            case .full: "no space for the database '\(path)'; make room, what was recorded is safe"
            case .locked: "the database '\(path)' is locked by another process"
            default:
                switch error.resultCode {
                case .SQLITE_CORRUPT, .SQLITE_NOTADB: DatabaseAdvice.damaged(path, reason: reason)
                case .SQLITE_IOERR: DatabaseAdvice.failed(path, reason: reason)
                case _ where cause == .failing: "the database '\(path)' takes no writes: \(reason)"
                default: "the database '\(path)' failed: \(reason)"
                }
            }
        self.init(cause, text, isUndecided: isUndecided)
    }

    private static func cause(_ code: ResultCode) -> Cause {
        switch code {
        case .SQLITE_FULL: .full
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: .locked
        case .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_NOMEM: .failing
        default: .lost
        }
    }

    /// Whether a commit that ended with that code has not brought the whole transaction into the write-ahead log. Others fail
    /// when it is synced, or afterwards: a restart that reads the log would find it there.
    ///
    /// As long as this connection is open it does not count as committed, and the next commit is written over it.
    private static func comesBeforeLog(_ code: ResultCode) -> Bool {
        switch code {
        case .SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ, .SQLITE_IOERR_WRITE, .SQLITE_IOERR_LOCK,
            .SQLITE_IOERR_RDLOCK, .SQLITE_IOERR_CHECKRESERVEDLOCK:
            true
        default: ![.SQLITE_IOERR, .SQLITE_NOMEM].contains(code.primaryResultCode)
        }
    }
}
