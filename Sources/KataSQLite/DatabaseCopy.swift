import GRDB
import Glibc
import Kata

/// Writes copies of a database while it is in use.
enum DatabaseCopy {
    /// Writes a copy, checks it, makes it durable, and only then gives it its name.
    ///
    /// - Throws: `DatabaseError`; ``FileError``; ``SQLiteOpenError/inUse(path:)``.
    static func write(of database: any DatabaseWriter, to path: String) throws {
        let path = try followLinks(path)
        try checkMayBeReplaced(path)
        let temporaryPath = try make(of: database, beside: path)
        defer { unlink(temporaryPath) }
        try publishFile(temporaryPath, as: path)
    }

    /// Writes a copy under a name of its own in the directory of `path`, and checks it. A copy is as private as the
    /// database: only its user may read it.
    ///
    /// - Returns: its path. The caller removes it, or makes it durable and gives it another name.
    /// - Throws: `DatabaseError`; ``FileError``.
    static func make(of database: any DatabaseWriter, beside path: String) throws -> String {
        let temporaryPath = makeTemporaryPath(beside: path)
        // SQLite would create the file with the mode that the process gives files, and takes an empty one.
        let descriptor = open(temporaryPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw FileError(path: path, operation: "create", code: errno) }
        defer { close(descriptor) }
        do {
            try database.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [temporaryPath]) }
            try check(temporaryPath)
            guard FileState(of: descriptor)?.identity == FileIdentity(ofName: temporaryPath) else {
                throw FileError(path: path, operation: "verify", code: EIO)
            }
        } catch {
            unlink(temporaryPath)
            throw error
        }
        return temporaryPath
    }

    /// Checks that a path is nothing, or a file that nobody uses as a database.
    private static func checkMayBeReplaced(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT != S_IFREG {
            throw FileError(path: path, operation: "replace what is no regular file,", code: EEXIST)
        }
        // SQLite would take such a log for that of the copy.
        if lstat(path + "-wal", &status) == 0 && status.st_size > 0 { throw SQLiteOpenError.inUse(path: path) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK { throw SQLiteOpenError.inUse(path: path) }
    }

    private static func check(_ path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        let copy = try DatabaseQueue(path: path, configuration: configuration)
        let answer = try copy.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
        if answer != "ok" { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: answer) }
    }
}
