import CLinux
import Glibc
import Kata
import Synchronization

/// Makes sure that one daemon owns a database: an advisory lock on a file beside it, and on the database itself, so that
/// it holds even if somebody removes the file beside it. It is held as long as this object is, and the kernel releases it
/// with the process.
public final class DatabaseLock: Sendable {
    private let databasePath: String
    private let descriptor: Int32
    /// Whether the daemon that had the lock before died with it: it was killed, or it crashed.
    public let ownerDied: Bool
    /// The database, once it is covered. SQLite's own locks end when any descriptor of the file is closed in this
    /// process, so this one outlives the store.
    private let database = Mutex<Int32?>(nil)

    /// Takes the lock of the database at that path, or of the one that is to be made there: what is there can be used.
    ///
    /// - Throws: ``SQLiteOpenError`` if it can't; ``DatabaseLockError``.
    public convenience init(databasePath: String) throws {
        // Before the lock, which leaves its file beside the database, and after it: whoever had the lock may have put
        // something else there.
        try checkIsUsable(databasePath)
        try self.init(replacing: databasePath)
        try checkIsUsable(databasePath)
    }

    /// Takes the lock of whatever is at that path, to put another database in its place.
    ///
    /// - Throws: ``DatabaseLockError``.
    init(replacing databasePath: String) throws {
        let file = try Self.takeFile(databasePath: databasePath)
        let hasOwner = Self.readOwner(file) != nil
        // The process id is for the message to another daemon, and for ``ownerDied``; the lock itself is the kernel's.
        let owner = Array("\(getpid())\n".utf8)
        // In this order: where there is no space, what the file has said stays for the next try.
        guard pwrite(file, owner, owner.count, 0) == owner.count, ftruncate(file, off_t(owner.count)) == 0 else {
            let code = errno
            close(file)
            throw DatabaseLockError.cannotCreate(path: databasePath + ".lock", code: code)
        }
        self.databasePath = databasePath
        descriptor = file
        ownerDied = hasOwner
        try coverDatabase()
    }

    deinit {
        // The owner ends by itself, whatever the reason. Where that can't be written, its end looks like a crash.
        _ = ftruncate(descriptor, 0)
        close(descriptor)
        if let database = database.withLock({ $0 }) { close(database) }
    }

    /// Takes the lock on the database itself, if there is one by now and the file system can do it. To be called before
    /// the database is opened.
    ///
    /// - Throws: ``DatabaseLockError/taken(databasePath:owner:)``.
    public func coverDatabase() throws {
        try database.withLock { database in
            guard database == nil else { return }
            let file = open(databasePath, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard file >= 0 else { return }
            // There a lock of the whole file would stand in the way of SQLite's own.
            if clinux_shares_locks(file) != 0 {
                close(file)
            } else if !Self.take(file) && errno == EWOULDBLOCK {
                close(file)
                throw DatabaseLockError.taken(databasePath: databasePath, owner: nil)
            } else {
                database = file
            }
        }
    }

    /// Makes sure once more that what is at the path can be used, and is covered: somebody may have put another file there since
    /// the lock was taken. To be called while the database is not open.
    ///
    /// - Throws: ``SQLiteOpenError``; ``StoreFailure``; ``DatabaseLockError/taken(databasePath:owner:)``.
    public func recheck() throws {
        try checkIsUsable(databasePath)
        database.withLock { database in
            guard let file = database, FileState(of: file)?.identity != FileIdentity(of: databasePath) else { return }
            close(file)
            database = nil
        }
        try coverDatabase()
    }

    private static func takeFile(databasePath: String) throws -> Int32 {
        let path = databasePath + ".lock"
        while true {
            let file = try openFile(path, databasePath)
            guard take(file) else {
                let code = errno
                let owner = readOwner(file)
                close(file)
                throw code == EWOULDBLOCK
                    ? DatabaseLockError.taken(databasePath: databasePath, owner: owner)
                    : .cannotCreate(path: path, code: code)
            }
            var status = stat()
            if fstat(file, &status) == 0, FileIdentity(status) == FileIdentity(ofName: path) { return file }
            // The file was removed in between, and another daemon may have made a new one.
            close(file)
        }
    }

    /// Opens the lock's file, or makes it. Nothing else is opened, such as what a link of that name leads to.
    private static func openFile(_ path: String, _ databasePath: String) throws -> Int32 {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard file >= 0 else {
            throw errno == ELOOP || errno == ENXIO
                ? DatabaseLockError.inTheWay(path: path) : .cannotCreate(path: path, code: errno)
        }
        var status = stat()
        let isOwn = fstat(file, &status) == 0 && (status.st_uid == geteuid() || geteuid() == 0)
        guard isOwn, status.st_mode & S_IFMT == S_IFREG, status.st_nlink <= 1 else {
            close(file)
            throw DatabaseLockError.inTheWay(path: path)
        }
        // Root may be about to restore the database of a daemon that runs as another user, who has to open the file then.
        if geteuid() == 0 && status.st_uid == 0, let owner = owner(databasePath) {
            fchown(file, owner.user, owner.group)
        }
        return file
    }

    /// Whom the database belongs to, or its directory where there is no database.
    private static func owner(_ databasePath: String) -> (user: uid_t, group: gid_t)? {
        var status = stat()
        let isThere = stat(databasePath, &status) == 0 || stat(directoryPath(of: databasePath), &status) == 0
        return isThere ? (status.st_uid, status.st_gid) : nil
    }

    /// Tries to take the lock for half a second: a process that a killed daemon was just starting keeps it for a
    /// moment.
    ///
    /// - Returns: whether it was taken; `errno` says why not.
    private static func take(_ descriptor: Int32) -> Bool {
        for _ in 1...50 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            if errno != EWOULDBLOCK { return false }
            usleep(10_000)
        }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    private static func readOwner(_ descriptor: Int32) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return Int(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).prefix { $0.isNumber })
    }
}

/// Why a database's lock can't be had.
public enum DatabaseLockError: Error, Hashable, CustomStringConvertible {
    /// Another daemon owns the database; `owner` is its process id, `nil` if its file does not say.
    case taken(databasePath: String, owner: Int?)
    /// The system refused the file at that path, or the lock, with that error number.
    case cannotCreate(path: String, code: Int32)
    /// What is at that path is no file of this user alone, such as a link.
    case inTheWay(path: String)

    /// A sentence for people, with what to do.
    public var description: String {
        switch self {
        case .taken(let path, let owner):
            "another katad\(owner.map { " (process \($0))" } ?? "") already runs with the database '\(path)'; "
                + "stop that one, or name another with --database"
        case .cannotCreate(let path, let code):
            "cannot create '\(path)': \(String(cString: strerror(code)))"
        case .inTheWay(let path):
            "'\(path)' is not a file of this user alone and is left as it is; remove it, or name another database"
        }
    }
}
