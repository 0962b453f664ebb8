import CLinux
import Glibc
import Kata
import Synchronization

/// A signal that means something to a daemon.
enum DaemonSignal: Int32, CustomStringConvertible {
    case terminate = 15
    case interrupt = 2
    case hangup = 1

    var description: String {
        switch self {
        case .terminate: "SIGTERM"
        case .interrupt: "SIGINT"
        case .hangup: "SIGHUP"
        }
    }

    /// Whether the signals are trapped, which is done once in a process.
    private static let isTrapped = Mutex(false)

    /// Has these signals put in line instead of ending the process. To be called before anything else that takes time.
    ///
    /// - Throws: ``SystemShortage``.
    static func trap() throws {
        try isTrapped.withLock { isTrapped in
            if isTrapped { return }
            if clinux_signals_trap() != 0 { throw SystemShortage("trap signals", code: errno) }
            isTrapped = true
        }
    }

    /// The signals in order, those included that came since ``trap()``. To be called once.
    ///
    /// - Throws: ``SystemShortage``.
    static func all() throws -> AsyncStream<DaemonSignal> {
        let (stream, continuation) = AsyncStream.makeStream(of: DaemonSignal.self)
        try startThread(named: "kata-signals") {
            while true {
                if let signal = DaemonSignal(rawValue: clinux_signals_next()) { continuation.yield(signal) }
            }
        }
        return stream
    }
}
