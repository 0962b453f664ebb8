import Glibc

/// The files that belong to a database, none of which anything else may be written over.
public enum DatabaseFiles {
    private static let endings = ["", "-wal", "-shm", ".lock"]

    /// Whether a path leads to one of the files of that database, by whatever name.
    public static func contain(_ path: String, of database: String) -> Bool {
        guard let file = identity(path) else { return false }
        return endings.contains { identity(database + $0).map { $0 == file } ?? false }
    }

    /// Whether there is an SQLite database at that path, or one that a file at that path belongs to.
    public static func contain(_ path: String) -> Bool {
        endings.contains { ending in
            guard path.hasSuffix(ending) else { return false }
            return isDatabase(String(path.dropLast(ending.count)))
        }
    }

    private static func identity(_ path: String) -> [UInt64]? {
        var status = stat()
        return stat(path, &status) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : nil
    }

    private static func isDatabase(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return FileBeginning(of: path) == .database
    }
}
