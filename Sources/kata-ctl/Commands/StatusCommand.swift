import ArgumentParser
import Foundation
import KataControl
import KataControlClient

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
                print(String(decoding: try JSON.encode(status), as: UTF8.self))
                fflush(nil)
            } else {
                screen.draw(StatusTable(status, width: Screen.width).lines)
            }
            try await Task.sleep(for: .seconds(interval))
        }
    }

    private func show(_ status: StatusDocument) throws {
        if json {
            print(String(decoding: try JSON.encode(status, isPretty: true), as: UTF8.self))
        } else {
            print(StatusTable(status, width: Screen.width).lines.joined(separator: "\n"))
        }
    }
}
