import Glibc

/// Makes sure that one daemon owns a database: an advisory lock on a file beside it. It is held as long as this object
/// is, and the kernel releases it with the process.
public final class DatabaseLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock of the database at that path.
    ///
    /// - Throws: ``DatabaseLockError``.
    public init(databasePath: String) throws {
        let path = databasePath + ".lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DatabaseLockError.cannotCreate(path: path, code: errno) }
        guard Self.take(descriptor) else {
            let code = errno
            let owner = Self.readOwner(descriptor)
            close(descriptor)
            throw code == EWOULDBLOCK
                ? DatabaseLockError.taken(databasePath: databasePath, owner: owner)
                : .cannotCreate(path: path, code: code)
        }
        // The process id is only for the message above; the lock itself is the kernel's.
        let owner = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        pwrite(descriptor, owner, owner.count, 0)
    }

    deinit { close(descriptor) }

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

    /// A sentence for people, with what to do.
    public var description: String {
        switch self {
        case .taken(let path, let owner):
            "another katad\(owner.map { " (process \($0))" } ?? "") already runs with the database '\(path)'; "
                + "stop that one, or name another with --database"
        case .cannotCreate(let path, let code):
            "cannot create '\(path)': \(String(cString: strerror(code)))"
        }
    }
}
