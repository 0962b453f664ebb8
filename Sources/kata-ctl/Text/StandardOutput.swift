import Glibc
import Kata

enum StandardOutput {
    /// - Throws: ``FileError``, for instance when the disk behind it is full.
    static func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw FileError(path: "standard output", operation: "write", code: errno) }
            rest = rest.dropFirst(count)
        }
    }
}
