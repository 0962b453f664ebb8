import Glibc
import Kata

/// Standard output, with the errors that `print` hides.
public enum StandardOutput {
    /// Writes a text and a line break. If the reader is gone, the process ends as in ``write(_:)``.
    ///
    /// - Throws: ``FileError``, for instance when the disk behind it is full.
    public static func printLine(_ text: String) throws {
        try write(Array((text + "\n").utf8))
    }

    /// Writes everything. If the reader is gone, such as `head` that has seen enough, the process ends quietly, as
    /// SIGPIPE would have it.
    ///
    /// - Throws: ``FileError``.
    public static func write(_ bytes: [UInt8]) throws {
        do {
            try writeAll(bytes, to: STDOUT_FILENO, name: "standard output")
        } catch let error as FileError where error.code == EPIPE {
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
            throw error
        }
    }
}
