/// Where a configuration value came from.
public enum ConfigurationOrigin: Hashable, Comparable, Sendable, CustomStringConvertible {
    // The order of the cases and of their values is that of faults in a report.

    /// Line and column are counted from 1.
    case file(String, line: Int, column: Int)
    /// An option of the command line, such as `--queue-size`, or an environment variable.
    case setting(String)

    public var description: String {
        switch self {
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        case .setting(let name): name
        }
    }
}
