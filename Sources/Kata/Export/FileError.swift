import Glibc

/// A file operation that failed.
public struct FileError: Error, Hashable, CustomStringConvertible {
    public let path: String
    /// What was tried, as in "create" or "write".
    public let operation: String
    public let code: Int32

    public init(path: String, operation: String, code: Int32) {
        self.path = path
        self.operation = operation
        self.code = code
    }

    /// The operation that failed just now, with the reason from `errno`.
    init(path: String, operation: String) {
        self.init(path: path, operation: operation, code: errno)
    }

    public var description: String { "cannot \(operation) '\(path)': \(String(cString: strerror(code)))" }
}
