import GRDB

/// An open database that could not be read or written.
public struct SQLiteFailure: Error, Hashable, CustomStringConvertible {
    /// A sentence for people, with what to do where something can be done.
    public let description: String

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
