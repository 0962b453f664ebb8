import Glibc
import NIOCore

/// Who is at the other end of a Unix socket, as the kernel says.
enum PeerUser {
    /// The layout of `ucred`, which Glibc shows only to those who ask for GNU extensions.
    private struct Credentials: Sendable {
        let process: pid_t
        let user: uid_t
        let group: gid_t
    }

    /// Whether the other end is of the daemon's own user or of root; `false` if nobody can tell.
    static func isOwner(of channel: any Channel) -> EventLoopFuture<Bool> {
        guard let socket = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeSucceededFuture(false)
        }
        let credentials: EventLoopFuture<Credentials> = socket.unsafeGetSocketOption(
            level: NIOBSDSocket.OptionLevel(rawValue: CInt(SOL_SOCKET)),
            name: NIOBSDSocket.Option(rawValue: CInt(SO_PEERCRED)))
        return credentials.map { $0.user == 0 || $0.user == geteuid() }.recover { _ in false }
    }
}
