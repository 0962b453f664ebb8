import GRDB
import Glibc
import Kata

/// Writes copies of a database while it is in use.
enum DatabaseCopy {
    /// Writes a copy, checks it, makes it durable, and only then gives it its name.
    ///
    /// - Throws: `DatabaseError`; ``FileError``.
    static func write(of database: any DatabaseWriter, to path: String) throws {
        let path = followLinks(path)
        var status = stat()
        if stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG {
            throw FileError(path: path, operation: "replace what is no regular file,", code: EEXIST)
        }
        let temporaryPath = makeTemporaryPath(beside: path)
        defer { unlink(temporaryPath) }
        // A copy is as private as the database.
        let mask = umask(0o177)
        defer { umask(mask) }
        try database.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [temporaryPath]) }
        try check(temporaryPath)
        try publishFile(temporaryPath, as: path)
    }

    private static func check(_ path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        let copy = try DatabaseQueue(path: path, configuration: configuration)
        let answer = try copy.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
        if answer != "ok" { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: answer) }
    }
}
