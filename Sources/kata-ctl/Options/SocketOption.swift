import ArgumentParser
import KataClient
import KataConfig

/// Where the daemon is; for every subcommand that talks to a daemon.
struct SocketOption: ParsableArguments {
    @Option(
        help: """
            The daemon's socket. Default: $KATA_SOCKET, $XDG_RUNTIME_DIR/kata/kata.sock, /run/kata/kata.sock, or ./kata.sock.
            """,
        completion: .file())
    var socket: String?

    var client: ControlClient {
        get throws { try Self.client(named: socket) }
    }

    /// - Parameter socket: what the command line names; `nil` if it names none.
    static func client(named socket: String?) throws -> ControlClient {
        ControlClient(socket: try ClientSocket.find(named: socket).path)
    }
}
