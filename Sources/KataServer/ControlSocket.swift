import Glibc
import Kata
import KataAPI
import Synchronization

/// The file of the control socket: private to its user unless it is given another mode, and never put in the place of something
/// else.
///
/// The server binds to a temporary name in the same directory, with the mode 0600 from its first moment. Only when it
/// answers does it get its mode, and then its real name in one step, so that nobody else can ever connect whom the mode shuts
/// out, and clients find either no socket or one that answers.
public final class ControlSocket: Sendable {
    /// Where clients find the socket once requests are answered.
    public let path: String
    private let mode: mode_t
    /// The group of the file; `nil` means that of the daemon, or of the directory.
    private let group: gid_t?
    /// Where the server binds the socket.
    private let temporaryPath: String
    /// The socket that was published; `nil` before, and once it was removed. A socket that is open keeps its identity, so no
    /// other file can be taken for it.
    private let published = Mutex<FileIdentity?>(nil)

    /// What is at the socket's path.
    enum Place: Equatable {
        /// The socket that was published.
        case own
        /// Nothing, or a socket that nobody listens on, so that the socket can be bound anew.
        case free
        /// Something else, for that reason in the way.
        case taken(ControlSocketError)
    }

    /// Checks that the socket can be made at that path.
    ///
    /// - Parameters:
    ///   - mode: of the file, for those who may connect.
    ///   - group: of the file, by its number; `nil` means that of the daemon.
    /// - Throws: ``ControlSocketError``.
    public init(path: String, mode: UInt32 = 0o600, group: UInt32? = nil) throws {
        self.path = path
        self.mode = mode
        self.group = group
        temporaryPath = path + ".new"
        if path.utf8.count > ControlSocketPath.limit { throw ControlSocketError.tooLong(path: path) }
        try checkDirectory()
        try checkNothingInTheWay()
    }

    /// Binds a socket to its temporary name, and listens. The caller owns the descriptor.
    ///
    /// - Throws: ``ControlSocketError``.
    func bind(backlog: Int32) throws -> Int32 {
        try checkDirectory()
        try checkNothingInTheWay()
        let descriptor = Self.makeSocket()
        if descriptor < 0 { throw ControlSocketError.cannotCreate(path: path, code: errno) }
        // The mode of the file is that of the socket, less the umask, which is the whole process's.
        guard fchmod(descriptor, 0o600) == 0, Self.withAddress(temporaryPath, { Glibc.bind(descriptor, $0, $1) }) == 0,
            chmod(temporaryPath, 0o600) == 0, listen(descriptor, backlog) == 0
        else {
            let code = errno
            close(descriptor)
            throw ControlSocketError.cannotCreate(path: path, code: code)
        }
        return descriptor
    }

    /// Gives the bound socket its group, its mode and its real name.
    func publish() throws {
        // Before the mode, with which the group that it has until then could connect.
        if let group, chown(temporaryPath, uid_t.max, group) != 0 {
            throw ControlSocketError.foreignGroup(path: path, group: group, code: errno)
        }
        guard let identity = FileIdentity(ofName: temporaryPath), chmod(temporaryPath, mode) == 0,
            rename(temporaryPath, path) == 0
        else {
            throw ControlSocketError.cannotCreate(path: path, code: errno)
        }
        published.withLock { $0 = identity }
    }

    /// What is at the path now.
    var place: Place {
        if let identity = FileIdentity(ofName: path), identity == published.withLock({ $0 }) { return .own }
        do {
            try checkNothingInTheWay()
            return .free
        } catch let error as ControlSocketError {
            return .taken(error)
        } catch {
            return .taken(.inTheWay(path: path))
        }
    }

    /// Removes the socket, if the file is still the one that was published. To be called while it is open.
    func remove() {
        published.withLock { published in
            if let identity = published, identity == FileIdentity(ofName: path) { unlink(path) }
            published = nil
        }
    }

    private func checkDirectory() throws {
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        guard stat(directory, &status) == 0 else { throw ControlSocketError.cannotCreate(path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw ControlSocketError.cannotCreate(path: path, code: ENOTDIR)
        }
        guard access(directory, W_OK | X_OK) == 0 else {
            throw ControlSocketError.cannotCreate(path: path, code: errno)
        }
        // Whoever owns the directory, or may write to it, can put another socket in this one's place.
        let isForeign = status.st_uid != geteuid() && status.st_uid != 0
        let isOpenToAll = status.st_mode & S_IWOTH != 0 && status.st_mode & S_ISVTX == 0
        if isOpenToAll || isForeign { throw ControlSocketError.unsafeDirectory(directory) }
    }

    private func checkNothingInTheWay() throws {
        var status = stat()
        // What an earlier daemon left when it was killed between bind and rename.
        if lstat(temporaryPath, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFSOCK, status.st_uid == geteuid(), unlink(temporaryPath) == 0 else {
                throw ControlSocketError.inTheWay(path: temporaryPath)
            }
        }
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK, status.st_uid == geteuid() else {
            throw ControlSocketError.inTheWay(path: path)
        }
        if try isAlive() { throw ControlSocketError.inUse(path: path) }
    }

    /// Whether a process listens on the socket. Only a refused connection tells that none does; the call does not
    /// block, because a busy listener might not accept.
    ///
    /// - Throws: ``ControlSocketError`` if there is no descriptor to find out with.
    private func isAlive() throws -> Bool {
        let descriptor = Self.makeSocket()
        guard descriptor >= 0 else { throw ControlSocketError.cannotCreate(path: path, code: errno) }
        defer { close(descriptor) }
        return Self.withAddress(path) { connect(descriptor, $0, $1) } == 0 || errno != ECONNREFUSED
    }

    private static func makeSocket() -> Int32 {
        socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

/// Why the control socket can't be made.
public enum ControlSocketError: Error, Hashable, CustomStringConvertible {
    /// The path has more bytes than ``ControlSocketPath/limit``.
    case tooLong(path: String)
    /// The system refused, with that error number.
    case cannotCreate(path: String, code: Int32)
    /// The system does not let the daemon's user give it to that group, with that error number.
    case foreignGroup(path: String, group: UInt32, code: Int32)
    /// Other users could put another socket in its place.
    case unsafeDirectory(String)
    /// There is something else than a socket of this user.
    case inTheWay(path: String)
    /// Another process listens there.
    case inUse(path: String)

    /// A sentence for people, with what to do.
    public var description: String {
        switch self {
        case .tooLong(let path):
            "the socket's path '\(path)' is too long, expected at most \(ControlSocketPath.limit) bytes"
        case .cannotCreate(let path, let code): "cannot create the socket '\(path)': \(String(cString: strerror(code)))"
        case .foreignGroup(let path, let group, let code):
            "cannot give the socket '\(path)' to the group with the number \(group): \(String(cString: strerror(code))); "
                + "make the daemon's user a member of it, or leave out socket_group"
        case .unsafeDirectory(let directory):
            "the socket's directory '\(directory)' is in the hands of other users; use one of your own that others can't write"
        case .inTheWay(let path):
            "'\(path)' is not a socket of this user and is left as it is; name another with --socket"
        case .inUse(let path): "another process listens on '\(path)'; stop it, or name another with --socket"
        }
    }
}
