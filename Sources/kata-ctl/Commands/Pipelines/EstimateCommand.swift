import ArgumentParser
import Foundation
import Kata
import KataAPI
import KataClient
import KataCommand
import KataConfig

struct EstimateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Predicts how long a run takes, and with how many workers it is fastest.",
        discussion: """
            With --config the file is read. Without it the running daemon is asked, or, if there is none, \
            $KATA_CONFIG or /etc/kata/kata.yaml is read.
            """
    )

    @OptionGroup var daemon: SocketOption

    @Option(help: "The configuration to read.", completion: .file(extensions: ["yaml"]))
    var config: String?

    @Option(help: "The pipeline. Default: the only one.", completion: .pipelineNames)
    var pipeline: String?

    @Option(help: "Predict for this many workers.")
    var workers: Int?

    @Flag(help: "Show the arithmetic, too.")
    var explain = false

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func validate() throws {
        let range = PipelineConfiguration.workerCounts
        if let workers, !range.contains(workers) {
            throw ValidationError("--workers must be from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    func run() async throws {
        let estimate = try await makeEstimate()
        if json {
            try StandardOutput.printJSON(estimate)
        } else {
            var lines = EstimateChart(estimate, width: Screen.width).lines
            if explain { lines += [""] + EstimateArithmetic(estimate).lines }
            try StandardOutput.printLine(lines.joined(separator: "\n"))
        }
    }

    private func makeEstimate() async throws -> EstimateDocument {
        if let config { return try ConfiguredEstimate.read(config, pipeline: pipeline, workers: workers) }
        do {
            return try await daemon.client.estimate(pipeline: pipeline, workers: workers)
        } catch let error as ControlClientError {
            let path = DefaultPaths().configuration
            guard case .notReachable = error, daemon.socket == nil, access(path, R_OK) == 0 else { throw error }
            return try ConfiguredEstimate.read(path, pipeline: pipeline, workers: workers)
        }
    }
}
