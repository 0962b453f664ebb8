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
    /// - Parameter progress: called for each name.
    /// - Throws: ``FileError``.
    func names(progress: () -> Void) throws -> [[UInt8]] {
        guard let stream = opendir(path) else { throw FileError(path: path, operation: "read", code: errno) }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            progress()
            withUnsafeBytes(of: &entry.pointee.d_name) { name in names.append(Array(name.prefix { $0 != 0 })) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Makes `done` and `failed` if they are not there, tries that files can be moved to them, and ends moves that were cut
    /// short.
    ///
    /// - Parameter progress: called for each name in the directory, and each time that something else was done.
    /// - Throws: ``SpoolFault``; ``FileError``.
    func prepareDestinations(progress: () -> Void) throws {
        FileTransfer.finishRemovals(in: descriptor, names: try names(progress: progress), progress: progress)
        for name in Self.destinations {
            let destination = try openDestination(name)
            defer { close(destination) }
            try probe(destination, name)
            progress()
        }
    }

    private func probe(_ destination: Int32, _ name: String) throws {
        let probe = makeTemporaryName()
        let file = openat(descriptor, probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if file < 0 { throw FileError(path: "\(path)/\(probe)", operation: "create", code: errno) }
        close(file)
        if clinux_rename_new(descriptor, probe, destination, probe) == 0 {
            unlinkat(destination, probe, 0)
            return
        }
        let code = errno
        unlinkat(descriptor, probe, 0)
        if code != EXDEV { throw FileError(path: "\(path)/\(name)", operation: "move files to", code: code) }
        // Files are copied there.
        let copy = openat(destination, probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if copy < 0 { throw FileError(path: "\(path)/\(name)", operation: "move files to", code: errno) }
        close(copy)
        unlinkat(destination, probe, 0)
    }

    /// What became of a file that was to be moved.
    enum Move {
        case moved
        /// Another file has its name by now.
        case replaced
        /// There is no such file.
        case gone
        /// The directory is on another file system than the file; nothing was done.
        case otherFileSystem(FileIdentity)
    }

    /// Moves the file of a job to `done` or `failed`, if that is on the same file system. A file that is there stays: then
    /// the job's number is added to the name.
    ///
    /// - Parameter expected: the file; what else has its name by then is left where it is.
    /// - Throws: ``FileError``, also if there is no such file; ``SpoolFault``.
    func move(_ name: String, of job: Job.ID, to destinationName: String, expected: FileIdentity) throws -> Move {
        let destination = try openDestination(destinationName)
        defer { close(destination) }
        for target in [name] + numberedNames(name, job) {
            if clinux_rename_new(descriptor, name, destination, target) == 0 {
                if identity(of: target, in: destination) == expected { return .moved }
                // Another file got the name at the last moment.
                _ = clinux_rename_new(destination, target, descriptor, name)
                return .replaced
            }
            if errno == EXDEV { return .otherFileSystem(expected) }
            if errno != EEXIST { break }
        }
        throw FileError(path: "\(path)/\(name)", operation: "move", code: errno)
    }

    /// The same as ``move(_:of:to:expected:)`` for a `done` or `failed` of another file system. Takes as long as the file is
    /// large. In `failed` the job's number is always added to the name: a copy is another file, and found by that alone.
    ///
    /// - Parameter progress: called each time that a part of the file was copied.
    func moveAcross(
        _ name: String, of job: Job.ID, to destinationName: String, expected: FileIdentity,
        progress: @escaping () -> Void
    ) throws -> Move {
        let destination = try openDestination(destinationName)
        defer { close(destination) }
        let names = (destinationName == "failed" ? [] : [name]) + numberedNames(name, job)
        let transfer = FileTransfer(source: descriptor, destination: destination, path: path, progress: progress)
        switch try transfer.move(name, to: names, expected: expected) {
        case .moved: return .moved
        case .replaced: return .replaced
        case .namesTaken: throw FileError(path: "\(path)/\(name)", operation: "move", code: EEXIST)
        }
    }

    /// Moves the file of a job back from `failed`, across file systems, too; then it takes as long as the file is large.
    ///
    /// - Parameters:
    ///   - expected: the file; one that has the job's number in its name is the job's without that.
    ///   - progress: called each time that a part of the file was copied.
    /// - Returns: `false` if it is not there.
    /// - Throws: ``FileError``; ``SpoolFault``.
    func moveBack(
        _ name: String, of job: Job.ID, expected: FileIdentity?, progress: @escaping () -> Void
    ) throws -> Bool {
        let source = try openDestination("failed")
        defer { close(source) }
        for candidate in ["\(name).\(job)", name] {
            guard let found = identity(of: candidate, in: source) else { continue }
            if candidate == name && found != expected { continue }
            if clinux_rename_new(source, candidate, descriptor, name) == 0 { return true }
            switch errno {
            case EEXIST: throw SpoolFault.nameTaken(path: "\(path)/\(name)")
            case EXDEV: return try moveBackAcross(candidate, as: name, from: source, found, progress)
            default: throw FileError(path: "\(path)/failed/\(candidate)", operation: "move", code: errno)
            }
        }
        return false
    }

    private func moveBackAcross(
        _ candidate: String, as name: String, from source: Int32, _ file: FileIdentity, _ progress: @escaping () -> Void
    ) throws -> Bool {
        let transfer = FileTransfer(
            source: source, destination: descriptor, path: "\(path)/failed", progress: progress)
        switch try transfer.move(candidate, to: [name], expected: file) {
        // Whatever has the name in `failed` now, the job's file is back.
        case .moved, .replaced: return true
        case .namesTaken: throw SpoolFault.nameTaken(path: "\(path)/\(name)")
        }
    }

    private func numberedNames(_ name: String, _ job: Job.ID) -> [String] {
        ["\(name).\(job)"] + (2...100).map { "\(name).\(job).\($0)" }
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
