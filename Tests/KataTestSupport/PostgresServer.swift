import Foundation
import Glibc
import Synchronization

/// A PostgreSQL server for tests: their own, in a folder of its own, on a Unix socket. It ends with the process that started it.
public final class PostgresServer: Sendable {
    /// One for all tests of this process, which does not wait for the disk. Started when it is first asked for.
    public static let shared = Result {
        try PostgresServer(settings: ["fsync=off", "full_page_writes=off", "max_connections=300"])
    }

    /// The folder of its socket.
    public let folder: String
    /// The other end of the server's input and output. It is stopped when this is closed.
    private let input: Int32
    private let databases = Atomic(0)

    /// - Parameter settings: of the server, as `name=value`.
    /// - Throws: why it does not run.
    public init(settings: [String] = []) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..").path
        input = try Self.start("\(root)/scripts/test-postgres", settings)
        folder = try Self.readLine(input)
    }

    /// PgBouncer, in transaction mode, before another server.
    ///
    /// - Throws: why it does not run.
    public init(bouncing server: PostgresServer) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..").path
        input = try Self.start("\(root)/scripts/test-bouncer", [server.folder])
        folder = try Self.readLine(input)
    }

    /// Stops the server, and starts it again.
    ///
    /// - Parameter crashes: whether it ends at once, so that it has to recover.
    /// - Throws: why it does not run.
    public func restart(crashes: Bool) throws {
        let command = Array((crashes ? "QUIT\n" : "INT\n").utf8)
        guard write(input, command, command.count) == command.count else {
            throw PostgresServerError(description: "test-postgres has ended")
        }
        _ = try Self.readLine(input)
    }

    private static func readLine(_ input: Int32) throws -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(input, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        if line.isEmpty { throw PostgresServerError(description: "test-postgres has ended without a server") }
        return String(decoding: line, as: UTF8.self)
    }

    deinit {
        close(input)
    }

    /// An address for the server's one database. Tests tell themselves apart by their schemas.
    public var address: String { Self.address(folder) }

    /// The address of a server whose socket is in that folder.
    public static func address(_ folder: String) -> String {
        let host = folder.replacingOccurrences(of: "/", with: "%2F")
        return "postgres://kata@\(host)/kata"
    }

    /// A name for a schema that nobody else has.
    public func newSchema() -> String { "test_\(databases.add(1, ordering: .relaxed).newValue)" }

    private static func start(_ program: String, _ arguments: [String]) throws -> Int32 {
        var ends: [Int32] = [0, 0]
        // No other child may keep the connection, or the server would outlive this process.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw PostgresServerError(description: "no socket: \(String(cString: strerror(errno)))")
        }
        defer { close(ends[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process = pid_t()
        let code = posix_spawn(&process, program, &actions, nil, words, environ)
        if code != 0 { throw PostgresServerError(description: "\(program): \(String(cString: strerror(code)))") }
        return ends[0]
    }
}

/// Why a server for tests does not run.
struct PostgresServerError: Error, CustomStringConvertible {
    let description: String
}
