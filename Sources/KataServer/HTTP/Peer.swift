import Glibc
import NIOCore

/// Who is at the other end of a connection.
enum Peer: Hashable, Sendable {
    /// That user of this machine, as the kernel says of a Unix socket.
    case user(uid_t)
    /// Nobody can tell, as of a connection over a network.
    case unknown

    /// The layout of `ucred`, which Glibc shows only to those who ask for GNU extensions.
    private struct Credentials: Sendable {
        let process: pid_t
        let user: uid_t
        let group: gid_t
    }

    /// Asks the kernel. On the channel's event loop the answer is there at once.
    static func of(_ channel: any Channel) -> EventLoopFuture<Peer> {
        guard let socket = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeSucceededFuture(.unknown)
        }
        let credentials: EventLoopFuture<Credentials> = socket.unsafeGetSocketOption(
            level: NIOBSDSocket.OptionLevel(rawValue: CInt(SOL_SOCKET)),
            name: NIOBSDSocket.Option(rawValue: CInt(SO_PEERCRED)))
        return credentials.map { credentials in
            // Of a socket that is no Unix socket the kernel says this.
            credentials.user == uid_t.max ? .unknown : .user(credentials.user)
        }.recover { _ in .unknown }
    }

    /// Whether it is the user that the daemon runs as.
    var isDaemonsUser: Bool { self == .user(geteuid()) }

    /// Whether it is the daemon's own user or root, who look after the daemon.
    var isOwner: Bool { isDaemonsUser || self == .user(0) }
}

extension Peer: CustomStringConvertible {
    /// The user's number.
    var description: String {
        switch self {
        case .user(let number): "\(number)"
        case .unknown: "unknown"
        }
    }
}
