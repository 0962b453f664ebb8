import Glibc
import Kata

/// What the path of a spool directory leads to.
struct SpoolLook {
    /// The path from the root, without links; `nil` if there is nothing.
    let resolved: String?
    /// What keeps it from being a spool directory, for the configuration's key.
    let faults: [String]

    init(path: String) {
        resolved = try? Self.resolve(path)
        var faults: [String] = []
        var status = stat()
        if stat(path, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR {
            faults.append("is '\(path)', which is no directory, expected one that is there")
        }
        for name in SpoolDirectory.destinations {
            var destination = stat()
            guard lstat("\(path)/\(name)", &destination) == 0 else { continue }
            if destination.st_mode & S_IFMT != S_IFDIR {
                faults.append("is '\(path)', where '\(name)' is no directory, expected one, or none yet")
            }
        }
        self.faults = faults
    }

    /// The path from the root, without links.
    ///
    /// - Throws: ``FileError`` if there is nothing.
    static func resolve(_ path: String) throws -> String {
        guard let resolved = realpath(path, nil) else { throw FileError(path: path, operation: "open", code: errno) }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
