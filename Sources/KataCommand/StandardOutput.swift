import Glibc
import Kata

/// Standard output, with the errors that `print` hides.
public enum StandardOutput {
    /// Writes a text and a line break.
    ///
    /// - Throws: ``FileError``, for instance when the disk behind it is full.
    public static func printLine(_ text: String) throws {
        try write(Array((text + "\n").utf8))
    }

    /// Writes everything. If the reader has gone, such as `head` that has seen enough, the process ends quietly, as
    /// SIGPIPE would have it.
    ///
    /// - Throws: ``FileError``.
    public static func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EPIPE {
                signal(SIGPIPE, SIG_DFL)
                raise(SIGPIPE)
            }
            if count < 0 { throw FileError(path: "standard output", operation: "write", code: errno) }
            rest = rest.dropFirst(count)
        }
    }
}

/// Opens /dev/null in the place of standard descriptors that are closed, so that no other file gets their numbers.
public func openStandardDescriptors() {
    var descriptor = open("/dev/null", O_RDWR)
    while (0...STDERR_FILENO).contains(descriptor) { descriptor = open("/dev/null", O_RDWR) }
    if descriptor > STDERR_FILENO { close(descriptor) }
}
