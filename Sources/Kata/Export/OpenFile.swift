import Glibc

/// An open file descriptor that is closed with its owner.
struct OpenFile: ~Copyable {
    let path: String
    let descriptor: Int32

    /// - Throws: ``FileError``.
    ///
    /// - Parameter name: what errors call it; `nil` means its path.
    init(path: String, flags: Int32, mode: mode_t = 0o666, operation: String, name: String? = nil) throws {
        self.path = name ?? path
        descriptor = open(path, flags | O_CLOEXEC, mode)
        if descriptor < 0 { throw FileError(path: self.path, operation: operation) }
    }

    deinit { close(descriptor) }

    /// Writes everything.
    ///
    /// - Throws: ``FileError``; a part may have been written then.
    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw FileError(path: path, operation: "write") }
            rest = rest.dropFirst(count)
        }
    }

    /// - Throws: ``FileError``.
    func sync() throws {
        if fsync(descriptor) != 0 { throw FileError(path: path, operation: "sync") }
    }
}
