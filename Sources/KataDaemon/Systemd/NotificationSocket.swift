import Glibc

/// A socket from which datagrams go to a service manager.
final class NotificationSocket: Sendable {
    private let path: [UInt8]
    /// Open from the start: signs of life must not end because there is no descriptor left.
    private let descriptor: Int32

    /// - Parameter address: as `NOTIFY_SOCKET` has it: a path, or the name of an abstract socket behind `@`.
    init(_ address: String) {
        var path = Array(address.utf8)
        // An abstract socket's name starts with a NUL.
        if path.first == UInt8(ascii: "@") { path[0] = 0 }
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Sends a message, if somebody listens. Never waits: a manager that does not listen must not hold up the work.
    func send(_ message: String) {
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        guard descriptor >= 0, path.count < MemoryLayout.size(ofValue: target.sun_path) else { return }
        withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let bytes = Array(message.utf8)
        withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), address, length)
            }
        }
    }
}
