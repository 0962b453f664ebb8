import Glibc
import Kata

/// Sends the service manager messages in the protocol of `sd_notify(3)`. Without a service manager it does nothing.
struct ServiceNotifier: Sendable {
    private let socket: NotificationSocket?
    /// How often the service manager wants a sign of life; `nil` if it does not.
    let watchdogInterval: Duration?

    init(environment: [String: String]) {
        socket = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : NotificationSocket($0) }
        let isForUs = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init) ?? 0
        watchdogInterval = isForUs && microseconds > 0 ? .microseconds(microseconds) : nil
    }

    /// Whether there is a manager to tell.
    var hasManager: Bool { socket != nil }

    func aliveSign() { send(["WATCHDOG=1"]) }

    /// Asks for that much time from now on, for a start or a stop that takes longer than the manager would wait.
    func extendTimeout(by time: Duration) { send(["EXTEND_TIMEOUT_USEC=\(time.milliseconds * 1_000)"]) }

    /// Sends assignments such as `READY=1` in one message. Never waits.
    func send(_ assignments: [String]) { socket?.send(assignments.joined(separator: "\n")) }
}
