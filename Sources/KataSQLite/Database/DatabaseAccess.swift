public import Glibc
import Kata

/// Who may use the files of a database: its user, and a group that may read if one is named.
public struct DatabaseAccess: Sendable {
    private let group: gid_t?
    private var mode: mode_t { group == nil ? 0o600 : 0o640 }

    /// - Parameter group: may read the database; `nil` means that no group may.
    public init(group: gid_t? = nil) {
        self.group = group
    }

    /// Makes the database's file, empty, if there is none. The caller holds its ``DatabaseLock``.
    ///
    /// - Throws: ``FileError``.
    public func create(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if descriptor < 0 && errno == EEXIST { return }
        if descriptor < 0 { throw FileError(path: path, operation: "create", code: errno) }
        close(descriptor)
        try change(path)
    }

    /// Gives the files of a database their mode and group. To be called once the database is open, so that nothing else
    /// than a database of Kata's is changed. No file is opened for it: to close one would end SQLite's locks.
    ///
    /// - Returns: the mode that the database had, in octal digits, if it was another; `nil` if nothing was changed.
    /// - Throws: ``FileError``.
    public func apply(to path: String) throws -> String? {
        var change: String?
        for ending in ["", "-wal", "-shm"] {
            var status = stat()
            guard lstat(path + ending, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            let old = status.st_mode & 0o7777
            if old == mode && (group == nil || group == status.st_gid) { continue }
            try self.change(path + ending)
            if ending.isEmpty { change = "0" + String(old, radix: 8) }
        }
        return change
    }

    private func change(_ path: String) throws {
        if let group, lchown(path, uid_t.max, group) != 0 {
            throw FileError(path: path, operation: "change the group of", code: errno)
        }
        if chmod(path, mode) != 0 { throw FileError(path: path, operation: "change the mode of", code: errno) }
    }
}
