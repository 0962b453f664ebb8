import ArgumentParser
import KataAPI
import KataClient
import KataCommand

/// The arguments of commands that change the state of one pipeline.
struct PipelineOptions: ParsableArguments {
    @OptionGroup var daemon: SocketOption

    @Argument(help: "The pipeline.", completion: .pipelineNames)
    var pipeline: String

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    /// Changes the pipeline, and prints the state that it has then.
    func run(_ change: (ControlClient, String) async throws -> PipelineStateDocument) async throws {
        let answer = try await change(daemon.client, pipeline)
        if json { return try StandardOutput.printJSON(answer) }
        try StandardOutput.printLine("pipeline \(answer.pipeline): \(answer.state)")
    }
}
