import ArgumentParser
import Foundation
import Kata
import KataAPI
import KataClient
import KataCommand

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows what the daemon is doing.",
        discussion: """
            Of each pipeline: how far its run is, by measurement and by theory, how full the queue is, its jobs by state, what \
            each consumer has in hand, and what keeps the pipeline from work.
            """
    )

    /// How often is looked whether the terminal was resized.
    private static let resizeInterval = Duration.milliseconds(100)

    @OptionGroup var daemon: SocketOption

    @Argument(help: "Only this pipeline.", completion: .pipelineNames)
    var pipeline: String?

    @OptionGroup var time: TimeOption

    @Flag(help: "Show the daemons that work with the same database, in place of what this one is doing.")
    var nodes = false

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    @Flag(name: .shortAndLong, help: "Keep the display up to date until Ctrl-C; with --json, one document a line.")
    var watch = false

    @Option(help: "How often --watch looks, in seconds.")
    var interval = 0.5

    func validate() throws {
        if nodes && (watch || pipeline != nil) {
            throw ValidationError("--nodes shows all nodes once; it goes without a pipeline and without --watch")
        }
        guard (0.05...3_600).contains(interval) else {
            throw ValidationError("--interval must be from 0.05 to 3600 seconds")
        }
    }

    func run() async throws {
        if nodes {
            let document = try await daemon.client.nodes()
            if json { return try StandardOutput.printJSON(document) }
            return try StandardOutput.printLine(
                NodeTable(document, width: Screen.width, time: time.text).lines.joined(separator: "\n"))
        }
        let status = try await status()
        if watch { return try await keepShowing(status) }
        if json { return try StandardOutput.printJSON(status) }
        try StandardOutput.printLine(lines(for: status).joined(separator: "\n"))
    }

    private func keepShowing(_ first: StatusDocument) async throws {
        var status = first
        var screen = Screen()
        while true {
            if json {
                try StandardOutput.write(Array(JSON.encode(status)) + [UInt8(ascii: "\n")])
                try await Task.sleep(for: .seconds(interval))
            } else {
                try screen.draw(lines(for: status))
                try await waitForInterval(redrawing: status, on: &screen)
            }
            status = try await self.status()
        }
    }

    /// Waits until it is time to look again. On a terminal that is resized meanwhile the same is drawn anew.
    private func waitForInterval(redrawing status: StatusDocument, on screen: inout Screen) async throws {
        let end = ContinuousClock.now + .seconds(interval)
        while true {
            let rest = ContinuousClock.now.duration(to: end)
            if rest <= .zero { return }
            try await Task.sleep(for: min(rest, Self.resizeInterval))
            if screen.isResized { try screen.draw(lines(for: status)) }
        }
    }

    private func status() async throws -> StatusDocument {
        let status = try await daemon.client.status()
        guard let pipeline else { return status }
        guard let only = status.only(pipeline) else {
            let near = nearest(to: pipeline, in: status.pipelines.map(\.name)).map { "did you mean '\($0)'?" }
            throw UsageError("there is no pipeline '\(pipeline)'; \(near ?? "kata-ctl status shows all there are")")
        }
        return only
    }

    private func lines(for status: StatusDocument) -> [String] {
        StatusTable(status, width: Screen.width, time: time.text).lines
    }
}
