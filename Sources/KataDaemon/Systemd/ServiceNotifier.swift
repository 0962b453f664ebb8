import Glibc
import Kata

/// Sends the service manager messages in the protocol of `sd_notify(3)`. Without a service manager it does nothing.
struct ServiceNotifier: Sendable {
    private let address: String?
    /// How often the service manager wants a sign of life; `nil` if it does not.
    let watchdogInterval: Duration?

    init(environment: [String: String]) {
        address = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        let isForUs = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init) ?? 0
        watchdogInterval = isForUs && microseconds > 0 ? .microseconds(microseconds) : nil
    }

    /// Whether there is a manager to tell.
    var hasManager: Bool { address != nil }

    func aliveSign() { send(["WATCHDOG=1"]) }

    /// Asks for that much time from now on, for a start or a stop that takes longer than the manager would wait.
    func extendTimeout(by time: Duration) { send(["EXTEND_TIMEOUT_USEC=\(time.milliseconds * 1_000)"]) }

    /// Sends assignments such as `READY=1` in one message. Never waits.
    func send(_ assignments: [String]) {
        guard let address else { return }
        let message = assignments.joined(separator: "\n")
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        var path = Array(address.utf8)
        guard path.count < MemoryLayout.size(ofValue: target.sun_path) else { return }
        // An abstract socket's name starts with a NUL, written as "@".
        if path.first == UInt8(ascii: "@") { path[0] = 0 }
        withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let bytes = Array(message.utf8)
        withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                // A manager that does not listen must not hold up the work, so this never waits.
                let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                _ = sendto(descriptor, bytes, bytes.count, flags, address, length)
            }
        }
    }
}
