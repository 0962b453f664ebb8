import ArgumentParser
import KataClient
import KataConfig

/// Where the daemon is; for every subcommand that talks to a daemon.
struct SocketOption: ParsableArguments {
    @Option(
        help: """
            The daemon's socket. Default: $KATA_SOCKET, $XDG_RUNTIME_DIR/kata/kata.sock, /run/kata/kata.sock, or ./kata.sock.
            """)
    var socket: String?

    var client: ControlClient {
        get throws { ControlClient(socket: try ClientSocket.find(named: socket).path) }
    }
}
