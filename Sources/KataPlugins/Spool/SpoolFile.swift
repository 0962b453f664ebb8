import Glibc
import Kata

/// A file in a spool directory.
struct SpoolFile {
    /// The directories below that files of finished jobs are moved to.
    static let destinations = ["done", "failed"]

    let name: String
    /// From the root.
    let path: String
    /// Tells the file from another one of the same name, and from itself once it was moved out and back in.
    let uniqueKey: String

    /// `nil` if it is no regular file.
    init?(name: String, directory: String) {
        self.name = name
        path = "\(directory)/\(name)"
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let time = status.st_ctim
        uniqueKey = "spool \(status.st_dev):\(status.st_ino) \(time.tv_sec).\(time.tv_nsec) \(status.st_size)"
    }

    /// The names in a directory that may be jobs, in order.
    ///
    /// - Throws: ``FileError``.
    static func names(in directory: String) throws -> [String] {
        guard let stream = opendir(directory) else { throw FileError(path: directory, operation: "read", code: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                String(validatingCString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            // A name that is no UTF-8 could not be an item.
            if let name, !name.hasPrefix("."), !destinations.contains(name) { names.append(name) }
        }
        return names.sorted()
    }

    /// - Throws: ``FileError``.
    static func makeDirectory(_ path: String) throws {
        if mkdir(path, 0o777) != 0 && errno != EEXIST { throw FileError(path: path, operation: "create", code: errno) }
    }

    /// The name of a job's file; `nil` if its item is not the path of a file in that directory.
    static func name(of job: Job, in directory: String) -> String? {
        let prefix = "\(directory)/"
        guard job.item.hasPrefix(prefix) else { return nil }
        let name = job.item.dropFirst(prefix.count)
        return name.contains("/") ? nil : String(name)
    }

    /// Moves a job's file. If it is gone, it was moved before, and nothing is done.
    ///
    /// - Throws: ``FileError``.
    static func move(_ job: Job, from directory: String, to destination: String) throws {
        guard let name = name(of: job, in: directory) else { return }
        var target = "\(directory)/\(destination)/\(name)"
        // An older file of that name stays.
        if access(target, F_OK) == 0 { target += ".\(job.id)" }
        if rename(job.item, target) != 0 && errno != ENOENT {
            throw FileError(path: job.item, operation: "move", code: errno)
        }
    }

    /// The path from the root, without links; the path as it is, if there is nothing.
    static func absolutePath(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
