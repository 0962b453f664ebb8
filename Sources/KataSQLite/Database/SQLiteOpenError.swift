import GRDB
import Glibc
import Kata

/// Why a database can't be used.
public enum SQLiteOpenError: Error, Hashable, CustomStringConvertible {
    /// There is no file at that path, and none is made for reading.
    case missing(path: String)
    /// A directory, a device or the like.
    case notAFile(path: String)
    /// Not an SQLite database, or a damaged one.
    case notADatabase(path: String)
    /// It begins as an SQLite database does, and SQLite does not take it for one, for that reason.
    case damaged(path: String, reason: String)
    /// An SQLite database of something else.
    case foreign(path: String)
    /// Made by a later version.
    case newer(path: String, version: Int)
    /// Made by an earlier version, and opened for reading only.
    case older(path: String, version: Int)
    /// SQLite does not take `synchronous = FULL`, so that a power cut could lose commits.
    case notDurable(path: String)
    /// It has hard links, and a daemon under another name would not see its lock.
    case severalNames(path: String)
    /// This user may not read the file, or not write it where that is needed.
    case permissionDenied(path: String)
    /// Its file system takes no writes.
    case readOnlyFileSystem(path: String)
    /// It belongs to another user.
    case foreignOwner(path: String)
    /// Other users than its owner may write it.
    case writableByOthers(path: String)
    /// Other users may put files into the directory of a database, and remove them; `chmod` with that mode ends it.
    case directoryWritableByOthers(directory: String, mode: String)
    /// The write-ahead log beside it is that of another database.
    case foreignLog(path: String)
    /// A daemon uses it, or it was not closed.
    case inUse(path: String)
    /// SQLite refused, for that reason.
    case cannotOpen(path: String, reason: String)

    init(_ error: DatabaseError, path: String) {
        let reason = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_NOTADB where FileBeginning(of: path) != .database: self = .notADatabase(path: path)
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: self = .damaged(path: path, reason: reason)
        case .SQLITE_READONLY, .SQLITE_PERM: self = .notWritable(path: path)
        case .SQLITE_IOERR: self = .cannotOpen(path: path, reason: "\(reason). \(DatabaseAdvice.lookAtDisk)")
        default: self = .cannotOpen(path: path, reason: reason)
        }
    }

    /// Why a file that is there can't be written.
    static func notWritable(path: String) -> SQLiteOpenError {
        // Of a directory, because that is where the other files of a database have to be made.
        access(directoryPath(of: path), W_OK) != 0 && errno == EROFS
            ? .readOnlyFileSystem(path: path) : .permissionDenied(path: path)
    }

    /// A sentence for people, with what to do where something can be done.
    public var description: String {
        switch self {
        case .missing(let path): "there is no database at '\(path)'; name another"
        case .notAFile(let path): "'\(path)' is no file, expected an SQLite database"
        case .notADatabase(let path): "'\(path)' is no SQLite database, or a damaged one"
        case .damaged(let path, let reason): DatabaseAdvice.damaged(path, reason: reason)
        case .foreign(let path): "'\(path)' is an SQLite database, but not one of Kata's; it was left as it is"
        case .newer(let path, let version):
            "'\(path)' has schema \(version), this version knows \(Schema.version); use a newer Kata. It was left as it is"
        case .older(let path, let version):
            "'\(path)' has schema \(version), expected \(Schema.version); start katad with it once, that brings it up to date"
        case .notDurable(let path): "'\(path)' can't be opened with synchronous = FULL"
        case .severalNames(let path): "'\(path)' has several names (hard links); remove all but one"
        case .permissionDenied(let path): "no permission to use '\(path)'; run this as its owner, or change its mode"
        case .readOnlyFileSystem(let path):
            "the file system of '\(path)' takes no writes; mount it writable, once it is known why it is not (the kernel's log "
                + "tells of a disk that failed), or let the unit write there (ReadWritePaths=)"
        case .foreignOwner(let path): "'\(path)' belongs to another user; run this as its owner, or change its owner"
        case .writableByOthers(let path):
            "'\(path)' may be written by other users; if you trust what is in it: chmod go-w '\(path)'"
        case .directoryWritableByOthers(let directory, let mode):
            "the directory '\(directory)' may be written by other users, who could put another database there; "
                + "chmod \(mode) '\(directory)', or name a database elsewhere"
        case .foreignLog(let path):
            "'\(path)-wal' does not belong to '\(path)', which was put there since; both were left as they are. To restore a "
                + "copy, put the old file back and use kata-ctl restore; or else move '\(path)-wal' away"
        case .inUse(let path): "'\(path)' is a database in use, or one that was not closed; name another file"
        case .cannotOpen(let path, let reason): "cannot open the database '\(path)': \(reason)"
        }
    }
}
