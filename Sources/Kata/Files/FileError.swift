import Glibc

/// A file operation that failed.
public struct FileError: Error, Hashable, CustomStringConvertible {
    /// The file that the message names; for a stream a name in words, such as `standard output`.
    public let path: String
    /// What was tried, as a verb such as `create` or `write`; the message says that it cannot be done. Exit codes go by
    /// it.
    public let operation: String
    /// The reason as an `errno`.
    public let code: Int32

    /// - Parameters:
    ///   - path: the file that the message names; for a stream a name in words, such as `standard output`.
    ///   - operation: what was tried, as a verb such as `create` or `write`.
    ///   - code: the reason as an `errno`.
    public init(path: String, operation: String, code: Int32) {
        self.path = path
        self.operation = operation
        self.code = code
    }

    /// The operation that failed just now, with the reason from `errno`.
    init(path: String, operation: String) {
        self.init(path: path, operation: operation, code: errno)
    }

    /// A sentence such as `cannot write 'kata.log': No space left on device`.
    public var description: String { "cannot \(operation) '\(path)': \(String(cString: strerror(code)))" }
}
