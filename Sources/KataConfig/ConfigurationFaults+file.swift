import Kata

extension ConfigurationFaults {
    /// One fault in a file, at its beginning unless told otherwise. Line and column are counted from 1.
    package init(in path: String, line: Int = 1, column: Int = 1, _ message: String) {
        self.init([ConfigurationFault(origin: .file(path, line: line, column: column), message: message)])
    }
}
