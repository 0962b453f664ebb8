import ArgumentParser
import Foundation
import Kata
import KataAPI
import KataClient
import KataCommand
import KataConfig
import KataPlugins
import KataSQLite
import Logging

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

    @Option(help: "The configuration to read.")
    var config: String?

    @Option(help: "The pipeline. Default: the only one.")
    var pipeline: String?

    @Option(help: "Predict for this many workers.")
    var workers: Int?

    @Flag(help: "As JSON.")
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
            try StandardOutput.printLine(EstimateChart(estimate, width: Screen.width).lines.joined(separator: "\n"))
        }
    }

    private func makeEstimate() async throws -> EstimateDocument {
        if let config { return try read(config) }
        do {
            return try await daemon.client.estimate(pipeline: pipeline, workers: workers)
        } catch let error as ControlClientError {
            let path = DefaultPaths().configuration
            guard case .notReachable = error, daemon.socket == nil, access(path, R_OK) == 0 else { throw error }
            return try read(path)
        }
    }

    private func read(_ path: String) throws -> EstimateDocument {
        var overrides = ConfigurationOverrides()
        overrides.pipelineName = pipeline
        let configuration = try DaemonConfiguration(
            path: path,
            overrides: overrides,
            paths: DefaultPaths(),
            registry: .builtIn,
            context: PluginContext(
                logger: Logger(label: "kata-ctl"), pluginsDirectory: PluginDirectory.defaultPath),
            databaseFiles: DatabaseFiles.paths
        )
        let pipelines = configuration.pipelines.map(\.configuration)
        let names = pipelines.map(\.name).joined(separator: ", ")
        guard let chosen = pipelines.first(where: { $0.name == pipeline ?? $0.name }),
            pipeline != nil || pipelines.count == 1
        else {
            throw UsageError("there are several pipelines; name one with --pipeline: \(names)")
        }
        guard let estimate = chosen.estimate else {
            throw UsageError("the handler of pipeline '\(chosen.name)' does not know how long an item takes")
        }
        return EstimateDocument(pipeline: chosen.name, estimate: estimate.with(workers: workers ?? estimate.workers))
    }
}
