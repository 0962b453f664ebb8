import ArgumentParser
import Kata
import KataAPI
import KataClient
import KataCommand

struct ScaleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "Changes how many workers a pipeline has, while it works.",
        discussion: """
            Workers that are too many finish the job in hand. A restart, or a change of the pipeline's configuration, \
            goes back to worker_count.
            """
    )

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The pipeline.", completion: .pipelineNames)
    var pipeline: String

    @Argument(help: "How many workers, from 1 to 10000.")
    var workers: Int

    @Option(
        help: "On this node, one of those that 'kata-ctl status --nodes' shows; otherwise on the daemon itself.",
        completion: .nodeNames)
    var node: String?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func validate() throws {
        let range = PipelineConfiguration.workerCounts
        if !range.contains(workers) {
            throw ValidationError("the number of workers must be from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    func run() async throws {
        if let node {
            let answer = try await daemon.client.scale(pipeline: pipeline, workers: workers, node: node)
            if json { return try StandardOutput.printJSON(answer) }
            return try StandardOutput.printLine(
                "pipeline \(answer.pipeline) on node \(answer.node): \(counted(answer.workerCount, "worker")), as soon as it hears of that"
            )
        }
        let answer = try await daemon.client.scale(pipeline: pipeline, workers: workers)
        if json { return try StandardOutput.printJSON(answer) }
        try StandardOutput.printLine("pipeline \(answer.pipeline): \(counted(answer.workerCount, "worker"))")
    }
}
