import Glibc
import Kata

/// Reads a regular file that must not be larger than expected.
enum BoundedFile {
    enum Problem: Error, CustomStringConvertible {
        case cannotRead(reason: String)
        case directory
        case special
        case tooLarge(limit: Int)

        var description: String {
            switch self {
            case .cannotRead(let reason): "the file can't be read (\(reason)), expected a readable YAML file"
            case .directory: "this is a directory, expected a YAML file"
            case .special: "this is no regular file, expected a YAML file"
            case .tooLarge(let limit): "the file is larger than \(limit / 1024) KiB, expected a configuration"
            }
        }
    }

    /// - Parameter limit: the largest size, in bytes.
    /// - Throws: ``Problem``.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
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
