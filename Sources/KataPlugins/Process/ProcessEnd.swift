import Glibc
import Kata

/// How a process ended.
struct ProcessEnd: Hashable, Sendable {
    enum Status: Hashable, Sendable, CustomStringConvertible {
        case exited(Int32)
        case killed(signal: Int32)
        /// Its exit status was taken by another part of this program.
        case unknown
        /// It has not ended although it was killed, as one that waits for a file server that does not answer, and is not
        /// waited for any more.
        case unkillable(process: Int32)

        var description: String {
            switch self {
            case .exited(let code): "exited with \(code)"
            case .unknown: "ended, and how is not known"
            case .unkillable(let process): "can't be killed (process \(process)) and is left behind"
            case .killed(let signal): "was killed by signal \(signal)\(Self.name(of: signal))"
            }
        }

        /// What a shell says of it; `nil` if it did not end well or is not known to have ended.
        var exitCode: Int32? {
            switch self {
            case .exited(let code): code
            case .killed(let signal): 128 + signal
            case .unknown, .unkillable: nil
            }
        }

        /// What a failure of its job is counted as.
        var failureKind: FailureKind {
            switch self {
            case .killed: .signal
            case .exited, .unknown, .unkillable: .exit
            }
        }

        private static func name(of signal: Int32) -> String {
            strsignal(signal).map { " (\(String(cString: $0)))" } ?? ""
        }
    }

    let status: Status
    /// The limit of its control group that it met; `nil` if it met none.
    let metLimit: ControlGroupLimit?
    /// Whether it was told to end by ``ProcessHandle/terminate(killAfter:)``.
    let wasTerminated: Bool
    /// What it has used; `nil` if that is not known.
    var cost: JobCost? = nil
}
