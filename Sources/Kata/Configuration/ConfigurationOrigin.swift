/// Where a configuration value came from.
public enum ConfigurationOrigin: Hashable, Comparable, Sendable, CustomStringConvertible {
    // The order of the cases and of their values is that of faults in a report.

    /// Line and column are counted from 1.
    case file(String, line: Int, column: Int)
    /// An option of the command line, such as `--queue-size`, or an environment variable, such as `$KATA_SOCKET`.
    case setting(String)

    /// `path:line:column`, or the name of the option or variable.
    public var description: String {
        switch self {
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        case .setting(let name): name
        }
    }
}
