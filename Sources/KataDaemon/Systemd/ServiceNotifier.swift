import Glibc
import Kata

/// Tells the service manager what the daemon is doing, in the protocol of `sd_notify(3)`. Without a service manager it
/// does nothing.
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

    func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }
    func stopping(_ status: String) { send("STOPPING=1\nSTATUS=\(status)") }
    func status(_ status: String) { send("STATUS=\(status)") }
    func aliveSign() { send("WATCHDOG=1") }

    func reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=\(PreciseClock().now.nanoseconds / 1_000)")
    }

    private func send(_ message: String) { socket?.send(message) }
}
