import ArgumentParser
import KataConfig
import KataControlClient

/// Where the daemon is; every subcommand that talks to it takes this.
struct SocketOption: ParsableArguments {
    @Option(help: "The daemon's socket. Default: $KATA_SOCKET, /run/kata/kata.sock, or ./kata.sock.")
    var socket: String?

    var client: ControlClient { ControlClient(socket: socket ?? DefaultPaths().clientSocket) }
}
