import ArgumentParser
import Foundation
import Kata
import KataAPI
import KataClient
import KataCommand

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run", abstract: "Starts another run of a pipeline.")

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The pipeline. Default: the only one.", completion: .pipelineNames)
    var pipeline: String?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() async throws {
        let run = try await daemon.client.startRun(pipeline: pipeline)
        if json {
            try StandardOutput.printJSON(run)
        } else {
            try StandardOutput.printLine(
                "pipeline \(run.pipeline): run \(run.id) started" + (run.items.map { ", \(counted($0, "item"))" } ?? "")
                    + RunNumberText(run.number, id: run.id).text
            )
        }
    }
}
