import Glibc

/// An open file descriptor that is closed with its owner.
struct OpenFile: ~Copyable {
    let path: String
    let descriptor: Int32

    /// Opens the file; its descriptor is not inherited by child processes.
    ///
    /// - Parameters:
    ///   - mode: the permissions of a file that is created, less the process's umask.
    ///   - operation: the verb for errors.
    ///   - name: what errors call the file; `nil` means its path.
    /// - Throws: ``FileError``.
    init(path: String, flags: Int32, mode: mode_t = 0o666, operation: String, name: String? = nil) throws {
        self.path = name ?? path
        descriptor = open(path, flags | O_CLOEXEC, mode)
        if descriptor < 0 { throw FileError(path: self.path, operation: operation) }
    }

    deinit { close(descriptor) }

    /// What the file is now; `nil` if that can't be told.
    var state: FileState? { FileState(of: descriptor) }

    /// Writes everything.
    ///
    /// - Throws: ``FileError``; a part may have been written then.
    func write(_ bytes: [UInt8]) throws {
        try writeAll(bytes, to: descriptor, name: path)
    }

    /// Waits until what was written is durable.
    ///
    /// - Throws: ``FileError``.
    func sync() throws {
        if fsync(descriptor) != 0 { throw FileError(path: path, operation: "sync") }
    }
}
