import ArgumentParser
import KataAPI
import KataClient
import KataCommand

struct AbandonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abandon",
        abstract: "Gives up what the source has not given yet of a pipeline's run.",
        discussion: """
            For a source that can't go on, because its file was replaced, or another source was configured. The jobs that \
            the run has are finished ('kata-ctl cancel --all' ends them, too), and then the run is. The next run, \
            which 'kata-ctl run' starts, reads the source from its start.
            """
    )

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The pipeline.", completion: .pipelineNames)
    var pipeline: String

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() async throws {
        let run = try await daemon.client.abandonRun(pipeline: pipeline)
        if json { return try StandardOutput.printJSON(run) }
        try StandardOutput.printLine(
            "pipeline \(run.pipeline): run \(run.id) takes no more from its source, and ends with the jobs that it has")
    }
}
