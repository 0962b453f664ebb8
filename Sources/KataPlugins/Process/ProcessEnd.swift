import Glibc

/// What a process left.
struct ProcessEnd: Hashable, Sendable {
    enum Status: Hashable, Sendable, CustomStringConvertible {
        case exited(Int32)
        case killed(signal: Int32)
        /// Somebody else was told.
        case unknown

        var description: String {
            switch self {
            case .exited(let code): "exited with \(code)"
            case .unknown: "ended, and how is not known"
            case .killed(let signal): "was killed by signal \(signal) (\(String(cString: strsignal(signal))))"
            }
        }
    }

    let status: Status
    /// The first of what it wrote to its standard output.
    let output: String
    /// How many bytes it wrote besides.
    let omittedOutput: Int
    /// The last line that it wrote to its standard error.
    let lastErrorLine: String?
    /// The limit of its control group that it met.
    let metLimit: ControlGroupLimit?
    /// Whether it was told to end.
    let wasTerminated: Bool
}
