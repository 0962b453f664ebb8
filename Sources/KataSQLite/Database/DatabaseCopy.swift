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
        let copy = try make(of: database, beside: path)
        try publishFile(copy.path, as: path)
    }

    /// A copy under a name of its own. It is removed with its owner, unless it has got another name by then. Until then it
    /// is open, so that nobody takes it for one that a killed process has left.
    struct Unnamed: ~Copyable {
        let path: String
        fileprivate let descriptor: Int32

        /// SQLite would create the file with the mode that the process gives files, and takes an empty one.
        fileprivate init(beside path: String) throws {
            self.path = makeTemporaryPath(beside: path)
            descriptor = open(self.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if descriptor < 0 { throw FileError(path: path, operation: "create", code: errno) }
        }

        deinit {
            unlink(path)
            close(descriptor)
        }
    }

    /// Writes a copy in the directory of `path`, and checks it. A copy is as private as the database: only its user may read
    /// it.
    ///
    /// - Returns: the copy, which the caller makes durable and gives another name.
    /// - Throws: `DatabaseError`; ``FileError``.
    static func make(of database: any DatabaseWriter, beside path: String) throws -> Unnamed {
        // Those of a copy that was cut short here before: in this directory no daemon may ever start.
        removeLeftovers(in: directoryPath(of: path))
        let copy = try Unnamed(beside: path)
        let name = copy.path
        try database.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [name]) }
        try check(name)
        guard FileState(of: copy.descriptor)?.identity == FileIdentity(ofName: name) else {
            throw FileError(path: path, operation: "verify", code: EIO)
        }
        return copy
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
