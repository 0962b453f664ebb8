import ArgumentParser
import Foundation
import KataAPI
import KataClient
import KataCommand

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Shows what the daemon is doing.")

    @OptionGroup var daemon: SocketOption

    @Flag(help: "As JSON.")
    var json = false

    @Flag(help: "Keep the display up to date until Ctrl-C; with --json, one document a line.")
    var watch = false

    @Option(help: "How often --watch looks, in seconds.")
    var interval = 0.5

    func validate() throws {
        guard (0.05...3_600).contains(interval) else {
            throw ValidationError("--interval must be from 0.05 to 3600 seconds")
        }
    }

    func run() async throws {
        guard watch else { return try show(await daemon.client.status()) }
        var screen = Screen()
        while true {
            let status = try await daemon.client.status()
            if json {
                try StandardOutput.write(Array(JSON.encode(status)) + [UInt8(ascii: "\n")])
            } else {
                try screen.draw(StatusTable(status, width: Screen.width).lines)
            }
            try await Task.sleep(for: .seconds(interval))
        }
    }

    private func show(_ status: StatusDocument) throws {
        if json {
            try StandardOutput.printJSON(status)
        } else {
            try StandardOutput.printLine(StatusTable(status, width: Screen.width).lines.joined(separator: "\n"))
        }
    }
}
