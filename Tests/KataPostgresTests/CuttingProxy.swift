import Foundation
import Glibc
import KataTestSupport
import Synchronization

/// Stands between a client and a PostgreSQL server, and cuts a connection when it is told to.
final class CuttingProxy: Sendable {
    /// Where a connection is cut.
    enum Place {
        /// After the client has sent as many bytes.
        case afterSent(Int)
        /// After the server has answered with as many bytes, of which the client has seen those before the last piece.
        case afterAnswered(Int)
    }

    private struct Cut {
        var sent = Int.max
        var answered = Int.max
    }

    private let directory: TemporaryDirectory
    private let listener: Int32
    private let server: String
    private let cut = Mutex(Cut())
    private let cuts = Atomic(0)

    /// - Parameter folder: of the server's socket.
    init(folder: String) throws {
        directory = try TemporaryDirectory()
        server = "\(folder)/.s.PGSQL.5432"
        listener = try Self.open("\(directory.path(".s.PGSQL.5432"))") { bind($0, $1, $2) }
        listen(listener, 16)
        let proxy = Unmanaged.passUnretained(self)
        Thread.detachNewThread { [listener] in
            while true {
                let client = accept(listener, nil, nil)
                if client < 0 { return }
                proxy.takeUnretainedValue().serve(client)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// The folder of the socket for clients.
    var folder: String { directory.path }

    /// How often a connection was cut.
    var count: Int { cuts.load(ordering: .relaxed) }

    /// Has the connection cut on which that place is reached first, counted over all of them.
    func arm(_ place: Place) {
        cut.withLock { cut in
            cut = Cut()
            switch place {
            case .afterSent(let bytes): cut.sent = bytes
            case .afterAnswered(let bytes): cut.answered = bytes
            }
        }
    }

    /// Has no connection cut.
    func disarm() {
        cut.withLock { $0 = Cut() }
    }

    private func serve(_ client: Int32) {
        guard let server = try? Self.open(server, { connect($0, $1, $2) }) else {
            close(client)
            return
        }
        Thread.detachNewThread { [self] in
            relay(client, server)
            for end in [client, server] { close(end) }
        }
    }

    private func relay(_ client: Int32, _ server: Int32) {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            var entries = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            if poll(&entries, 2, -1) < 0 { return }
            for (index, entry) in entries.enumerated() where entry.revents != 0 {
                let count = read(entry.fd, &bytes, bytes.count)
                if count <= 0 { return }
                let (passed, isCut) = take(count, isSent: index == 0)
                if passed > 0, write(index == 0 ? server : client, bytes, passed) != passed { return }
                if isCut {
                    cuts.add(1, ordering: .relaxed)
                    return
                }
            }
        }
    }

    /// - Returns: how many of the bytes are passed on, and whether the connection is cut then.
    private func take(_ count: Int, isSent: Bool) -> (Int, Bool) {
        cut.withLock { cut in
            let left = isSent ? cut.sent : cut.answered
            if left == .max { return (count, false) }
            if left > count {
                if isSent { cut.sent -= count } else { cut.answered -= count }
                return (count, false)
            }
            cut = Cut()
            return (left, true)
        }
    }

    private static func open(
        _ path: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { use(descriptor, $0, size) }
        }
        if result != 0 {
            close(descriptor)
            throw POSIXError(.init(rawValue: errno) ?? .EIO)
        }
        return descriptor
    }
}
