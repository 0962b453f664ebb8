import ArgumentParser
import KataClient
import KataConfig

/// Where the daemon is; for every subcommand that talks to a daemon.
struct SocketOption: ParsableArguments {
    @Option(help: "The daemon's socket. Default: $KATA_SOCKET, /run/kata/kata.sock, or ./kata.sock.")
    var socket: String?

    var client: ControlClient { ControlClient(socket: socket ?? DefaultPaths().clientSocket) }
}
