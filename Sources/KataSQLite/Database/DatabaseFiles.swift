import Glibc
import Kata

/// The files that belong to a database, none of which anything else may be written over.
public enum DatabaseFiles {
    private static let endings = ["", "-wal", "-shm", ".lock"]

    /// The paths of all of them, whether they are there or not.
    public static func paths(of database: String) -> [String] {
        endings.map { database + $0 }
    }

    /// Whether a path leads to one of the files of that database, by whatever name.
    public static func contain(_ path: String, of database: String) -> Bool {
        endings.contains { ending in
            if let file = FileIdentity(of: path), file == FileIdentity(of: database + ending) { return true }
            // A file that is not there now may be there later.
            return canonical(path).map { $0 == canonical(database + ending) } ?? false
        }
    }

    /// The path without links and dots up to its last part, which need not be there.
    private static func canonical(_ path: String) -> String? {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let directory = path.dropLast(name.utf8.count)
        guard let resolved = realpath(directory.isEmpty ? "." : String(directory), nil) else { return nil }
        defer { free(resolved) }
        return "\(String(cString: resolved))/\(name)"
    }

    /// Whether there is an SQLite database at that path, or one that a file at that path belongs to.
    public static func contain(_ path: String) -> Bool {
        endings.contains { ending in
            guard path.hasSuffix(ending) else { return false }
            return isDatabase(String(path.dropLast(ending.count)))
        }
    }

    private static func isDatabase(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return FileBeginning(of: path) == .database
    }
}
