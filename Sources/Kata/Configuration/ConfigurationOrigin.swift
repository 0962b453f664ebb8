/// Where a configuration value came from.
public enum ConfigurationOrigin: Hashable, Sendable, CustomStringConvertible {
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
