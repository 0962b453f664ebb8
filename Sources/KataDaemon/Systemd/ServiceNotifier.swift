import Glibc
import Kata

/// Tells the service manager what the daemon is doing, in the protocol of `sd_notify(3)`. Without a service manager it
/// does nothing.
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

    func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }
    func stopping(_ status: String) { send("STOPPING=1\nSTATUS=\(status)") }
    func status(_ status: String) { send("STATUS=\(status)") }
    /// Asks for more time until the next sign, while the daemon starts or stops.
    func extendTimeout(by time: Duration) { send("EXTEND_TIMEOUT_USEC=\(time.nanoseconds / 1_000)") }
    func aliveSign() { send("WATCHDOG=1") }

    func reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=\(PreciseClock().now.nanoseconds / 1_000)")
    }

    private func send(_ message: String) {
        guard let address else { return }
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
