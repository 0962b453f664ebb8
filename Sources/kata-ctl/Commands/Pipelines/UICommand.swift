import ArgumentParser
import KataClient
import KataCommand

struct UICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ui",
        abstract: "Opens the dashboard on a port of this machine, for one browser, until Ctrl-C.",
        discussion: """
            The daemon has a dashboard if its configuration says 'ui: true'. The address that is printed can be opened once; \
            that browser is known by a cookie from then on, and others on this machine do not get in. Browsers send cookies to all \
            ports of a machine, so don't visit servers of people there whom you don't trust with it meanwhile.

            From another machine, forward a port to that one: with 'kata-ctl ui --port 8080' here, \
            'ssh -L 8080:127.0.0.1:8080 HOST' there.
            """
    )

    @OptionGroup var daemon: SocketOption

    @Option(help: "The port, from 1 to 65535. Default: any that is free.")
    var port: Int?

    func validate() throws {
        if let port, !(1...65_535).contains(port) { throw ValidationError("--port must be from 1 to 65535") }
    }

    func run() async throws {
        let dashboard = try await DashboardPort.open(socket: daemon.client.socket, port: port ?? 0)
        printError("The dashboard is at this address, for the first browser that opens it, until Ctrl-C:")
        try StandardOutput.printLine(dashboard.address)
        await dashboard.serve()
    }
}
