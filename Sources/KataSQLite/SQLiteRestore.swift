import GRDB
import Glibc
public import Kata

/// Puts a copy of a Kata database in the place of the database.
public enum SQLiteRestore {
    /// What was done.
    public struct Outcome: Hashable, Sendable {
        /// The name under which the old database is kept, with its write-ahead log if it had one; `nil` if there was
        /// none.
        public let kept: String?
        /// The size of the database, in bytes.
        public let bytes: Int64
    }

    /// Checks the copy, and puts a copy of it in the place of the database, whose lock it takes. The old database is kept
    /// beside it. When this is cut short, the old database is in its place, or is refused by a daemon because it has two
    /// names: there is no moment in which a daemon would go on with half of it.
    ///
    /// Blocks.
    ///
    /// - Parameter time: names the old database.
    /// - Throws: ``DatabaseLockError``; ``SQLiteOpenError`` if the copy can't be used; ``StoreFailure``; ``FileError``.
    public static func restore(_ copy: String, as path: String, at time: Timestamp = .now()) throws -> Outcome {
        let path = try followLinks(path)
        let lock = try DatabaseLock(replacing: path)
        defer { withExtendedLifetime(lock) {} }
        let new = try checkedCopy(of: copy, beside: path)
        let size = try takeOwnership(of: new.path, from: path)
        let kept = try keepOld(path, at: time)
        try publishFile(new.path, as: path)
        return Outcome(kept: kept, bytes: size)
    }

    private static func checkedCopy(of copy: String, beside path: String) throws -> DatabaseCopy.Unnamed {
        try checkIsReadable(copy)
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            let database = try DatabaseQueue(path: copy, configuration: configuration)
            _ = try database.read { try checkIsKata($0, path: copy, isEmptyAllowed: false) }
            return try DatabaseCopy.make(of: database, beside: path)
        } catch let error as DatabaseError {
            throw SQLiteOpenError(error, path: copy)
        }
    }

    /// Gives the new file the user, the group and the mode of the old one; without an old one, when root restores, the
    /// user and the group of the directory.
    ///
    /// - Returns: the size of the file.
    private static func takeOwnership(of temporaryPath: String, from path: String) throws -> Int64 {
        let descriptor = open(temporaryPath, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0 { throw FileError(path: temporaryPath, operation: "open", code: errno) }
        defer { close(descriptor) }
        var old = stat()
        var mode: mode_t = 0o600
        if stat(path, &old) == 0 {
            mode = old.st_mode & 0o640
        } else if stat(directoryPath(of: path), &old) != 0 {
            throw FileError(path: path, operation: "create", code: errno)
        }
        if geteuid() == 0 && fchown(descriptor, old.st_uid, old.st_gid) != 0 {
            throw FileError(path: path, operation: "change the owner of", code: errno)
        }
        if fchmod(descriptor, mode) != 0 { throw FileError(path: path, operation: "change the mode of", code: errno) }
        return FileState(of: descriptor)?.size ?? 0
    }

    /// Keeps the old database under another name as well, and its write-ahead log under that name alone. A log that is
    /// left would be taken for that of the new database.
    ///
    /// - Returns: the other name; `nil` if there is no old database.
    private static func keepOld(_ path: String, at time: Timestamp) throws -> String? {
        var kept: String? = "\(path).before-restore-\(time.iso8601)"
        if let name = kept, link(path, name) != 0 {
            if errno != ENOENT { throw FileError(path: name, operation: "create", code: errno) }
            kept = nil
        }
        let log = path + "-wal"
        // A log whose database is gone is kept as well.
        let keptLog = (kept ?? "\(path).before-restore-\(time.iso8601)") + "-wal"
        if FileIdentity(ofName: log) != nil { try publishNewFile(log, as: keptLog) }
        if unlink(path + "-shm") != 0 && errno != ENOENT {
            throw FileError(path: path + "-shm", operation: "remove", code: errno)
        }
        return kept
    }
}
