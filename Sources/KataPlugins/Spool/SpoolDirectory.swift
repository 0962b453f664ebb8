import CLinux
import Glibc
import Kata

/// A spool directory that is open, so that its files are moved within it whatever is done to its name meanwhile.
struct SpoolDirectory: ~Copyable {
    /// The directories below that files of finished jobs are moved to.
    static let destinations = ["done", "failed"]

    let path: String
    private let descriptor: Int32

    /// - Throws: ``FileError``.
    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw FileError(path: path, operation: "open", code: errno) }
    }

    deinit { close(descriptor) }

    /// The names of what is in the directory, as bytes, in order.
    ///
    /// - Throws: ``FileError``.
    func names() throws -> [[UInt8]] {
        guard let stream = opendir(path) else { throw FileError(path: path, operation: "read", code: errno) }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            withUnsafeBytes(of: &entry.pointee.d_name) { name in names.append(Array(name.prefix { $0 != 0 })) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Makes `done` and `failed` if they are not there, and tries that files can be moved to them.
    ///
    /// - Throws: ``SpoolFault``; ``FileError``.
    func prepareDestinations() throws {
        for name in Self.destinations {
            let destination = try openDestination(name)
            defer { close(destination) }
            let probe = ".kata.\(UInt64.random(in: 0 ... .max)).tmp"
            let file = openat(descriptor, probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if file < 0 { throw FileError(path: "\(path)/\(probe)", operation: "create", code: errno) }
            close(file)
            if clinux_rename_new(descriptor, probe, destination, probe) != 0 {
                let code = errno
                unlinkat(descriptor, probe, 0)
                if code == EXDEV { throw SpoolFault.otherFileSystem(path: "\(path)/\(name)") }
                throw FileError(path: "\(path)/\(name)", operation: "move files to", code: code)
            }
            unlinkat(destination, probe, 0)
        }
    }

    /// Moves the file of a job to `done` or `failed`. A file that is there stays: then the job's number is added to the name.
    ///
    /// - Parameter expected: the file; what else has its name by then is left where it is.
    /// - Returns: `false` if another file had the name.
    /// - Throws: ``FileError``, also if there is no such file; ``SpoolFault``.
    func move(_ name: String, of job: Job.ID, to destinationName: String, expected: FileIdentity) throws -> Bool {
        let destination = try openDestination(destinationName)
        defer { close(destination) }
        for target in [name, "\(name).\(job)"] + (2...100).map({ "\(name).\(job).\($0)" }) {
            if clinux_rename_new(descriptor, name, destination, target) == 0 {
                if identity(of: target, in: destination) == expected { return true }
                // Another file got the name at the last moment.
                _ = clinux_rename_new(destination, target, descriptor, name)
                return false
            }
            if errno != EEXIST { break }
        }
        throw FileError(path: "\(path)/\(name)", operation: "move", code: errno)
    }

    /// Moves the file of a job back from `failed`.
    ///
    /// - Parameter expected: the file; one that has the job's number in its name is the job's without that.
    /// - Returns: `false` if it is not there.
    /// - Throws: ``FileError``; ``SpoolFault``.
    func moveBack(_ name: String, of job: Job.ID, expected: FileIdentity?) throws -> Bool {
        let source = try openDestination("failed")
        defer { close(source) }
        for candidate in ["\(name).\(job)", name] {
            guard let found = identity(of: candidate, in: source) else { continue }
            if candidate == name && found != expected { continue }
            if clinux_rename_new(source, candidate, descriptor, name) == 0 { return true }
            if errno == EEXIST { throw SpoolFault.nameTaken(path: "\(path)/\(name)") }
            throw FileError(path: "\(path)/failed/\(candidate)", operation: "move", code: errno)
        }
        return false
    }

    /// Opens `done` or `failed`, which is made if it is not there. A link is not followed: whoever may write to the
    /// directory would choose where files go.
    private func openDestination(_ name: String) throws -> Int32 {
        if mkdirat(descriptor, name, 0o777) != 0 && errno != EEXIST {
            throw FileError(path: "\(path)/\(name)", operation: "create", code: errno)
        }
        let destination = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if destination >= 0 { return destination }
        if errno == ELOOP || errno == ENOTDIR { throw SpoolFault.notADirectory(path: "\(path)/\(name)") }
        throw FileError(path: "\(path)/\(name)", operation: "open", code: errno)
    }

    /// `nil` if there is no regular file of that name.
    private func identity(of name: String, in directory: Int32) -> FileIdentity? {
        var status = stat()
        guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        return FileIdentity(status)
    }
}
