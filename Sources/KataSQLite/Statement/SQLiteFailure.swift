import GRDB

/// An open database that could not be read or written.
public struct SQLiteFailure: Error, Hashable, CustomStringConvertible {
    /// A sentence for people, with what to do where something can be done.
    public let description: String

    /// The database's file, or that of its write-ahead log, is not what it was when the database was opened.
    init(movedFrom path: String) {
        description =
            "the database '\(path)' was moved, removed or replaced while it was open, or its '-wal' was; what was recorded "
            + "last may be lost. Put both back as they were and start again"
    }

    init(_ error: DatabaseError, path: String) {
        let reason = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_FULL:
            description = "no space for the database '\(path)'; what was recorded is safe, make room and start again"
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            description = "the database '\(path)' is damaged (\(reason)); put a backup in its place"
        default:
            description = "the database '\(path)' failed: \(reason)"
        }
    }
}
