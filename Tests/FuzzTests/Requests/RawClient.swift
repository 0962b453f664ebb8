import Foundation
import Glibc

/// A client that sends bytes, whatever they are, and takes what comes. It waits on the calling thread.
struct RawClient {
    private let address: sockaddr_un
    /// In milliseconds; what takes longer goes on for ever.
    private static let patience: Int32 = 120_000

    init(path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        self.address = address
    }

    /// Sends the pieces on a new connection, and nothing more.
    ///
    /// - Returns: all that comes until the server closes the connection.
    /// - Throws: ``FuzzTarget/Finding`` if it can't be reached, or does not close it.
    func answer(to pieces: [[UInt8]]) throws -> [UInt8] {
        let descriptor = try connected()
        defer { close(descriptor) }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var waiting = pieces[...]
        var sent = 0
        if waiting.isEmpty { shutdown(descriptor, Int32(SHUT_WR)) }
        while true {
            let events = waiting.isEmpty ? POLLIN : POLLIN | POLLOUT
            var poll = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            guard Glibc.poll(&poll, 1, Self.patience) > 0 else {
                throw FuzzTarget.Finding(description: "the answers have no end, after \(answer.count) bytes")
            }
            if poll.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 {
                let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                if count > 0 { answer += buffer[..<count] }
                // The end; or the server has not read everything, which is its right.
                if count == 0 || count < 0 && errno != EAGAIN { return answer }
            }
            if let piece = waiting.first, poll.revents & Int16(POLLOUT) != 0 {
                let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
                let count = piece[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
                if count < 0 && errno == EPIPE { waiting = [] } else { sent += max(0, count) }
                if sent == piece.count { (waiting, sent) = (waiting.dropFirst(), 0) }
                if waiting.isEmpty { shutdown(descriptor, Int32(SHUT_WR)) }
            }
        }
    }

    private func connected() throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let code = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if code == 0 { return descriptor }
        let reason = String(cString: strerror(errno))
        close(descriptor)
        throw FuzzTarget.Finding(description: "the server can't be reached: \(reason)")
    }
}
