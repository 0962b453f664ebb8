import Foundation
import Kata

/// The daemon's socket as a client finds it.
public struct ClientSocket: Hashable, Sendable {
    /// Where it is, or should be.
    public let path: String
    /// Whether somebody has named it, on the command line or by `$KATA_SOCKET`.
    public let isNamed: Bool

    /// The user whose daemon of the system it may be.
    private static let systemUser = "kata"

    /// Looks for a daemon that may be used: of this user, of the system, and in the working directory.
    ///
    /// - Parameter name: the socket that the command line names; `nil` if it names none.
    /// - Throws: ``ForeignSocket`` if the first one that there is belongs to a user who is not to be trusted.
    public static func find(named name: String?, in paths: DefaultPaths = DefaultPaths()) throws -> ClientSocket {
        if let path = name ?? paths.namedSocket { return ClientSocket(path: path, isNamed: true) }
        // One that this user may not use is the system's, as it is installed; the user's own may be further on.
        var refused: ClientSocket?
        for path in paths.clientSockets {
            guard let owner = owner(of: path) else { continue }
            let isTrusted = isTrusted(owner)
            if !isTrusted && refused == nil { throw ForeignSocket(path: path, owner: owner) }
            if isTrusted && access(path, W_OK) == 0 { return ClientSocket(path: path, isNamed: false) }
            refused = refused ?? ClientSocket(path: path, isNamed: false)
        }
        return refused ?? ClientSocket(path: "/run/kata/kata.sock", isNamed: false)
    }

    /// The socket of this user's own daemon, unless another one is named.
    ///
    /// - Throws: ``ForeignSocket`` if it belongs to another user.
    public static func ofUser(named name: String?, in paths: DefaultPaths = DefaultPaths()) throws -> ClientSocket {
        if let path = name ?? paths.namedSocket { return ClientSocket(path: path, isNamed: true) }
        let path = paths.userSocket
        if let owner = owner(of: path), owner != geteuid() { throw ForeignSocket(path: path, owner: owner) }
        return ClientSocket(path: path, isNamed: false)
    }

    private static func owner(of path: String) -> uid_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_uid : nil
    }

    private static func isTrusted(_ owner: uid_t) -> Bool {
        owner == geteuid() || owner == 0 || owner == getpwnam(systemUser)?.pointee.pw_uid
    }
}

/// A socket was found where a daemon's may be, and belongs to somebody else.
public struct ForeignSocket: Error, Hashable, CustomStringConvertible {
    /// Where it is.
    public let path: String
    /// The number of the user who has it.
    public let owner: UInt32

    /// A sentence for people, with what to do.
    public var description: String {
        "'\(path)' belongs to the user with the number \(owner), who is neither you nor root nor kata, and is not used; "
            + "name it with --socket if it is the one you mean"
    }
}
