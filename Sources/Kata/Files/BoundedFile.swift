import Glibc

/// Reads a regular file that must not be larger than expected. Never waits for a file: a pipe is none that is read, nor is a file
/// that gives no answer.
package enum BoundedFile {
    /// Why a file was not read.
    package enum Problem: Error {
        case cannotRead(reason: String)
        case directory
        /// Neither a regular file nor a directory.
        case special
        case tooLarge(limit: Int)
    }

    /// - Parameter limit: the largest size, in bytes.
    /// - Throws: ``Problem``.
    package static func read(_ path: String, limit: Int) throws -> [UInt8] {
        guard let result = FileQuestion.ask(.required, { Result { try readNow(path, limit: limit) } }) else {
            throw Problem.cannotRead(reason: "it gives no answer")
        }
        return try result.get()
    }

    private static func readNow(_ path: String, limit: Int) throws -> [UInt8] {
        // Not blocking: the path may be that of a pipe that nobody writes to.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Problem.cannotRead(reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw Problem.cannotRead(reason: String(cString: strerror(errno)))
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw Problem.directory
        default: throw Problem.special
        }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var length = 0
        while length < bytes.count {
            let count = bytes[length...].withUnsafeMutableBytes { rest in
                retryingInterrupted { Glibc.read(descriptor, rest.baseAddress, rest.count) }
            }
            if count < 0 { throw Problem.cannotRead(reason: String(cString: strerror(errno))) }
            if count == 0 { break }
            length += count
        }
        if length > limit { throw Problem.tooLarge(limit: limit) }
        return Array(bytes.prefix(length))
    }
}
