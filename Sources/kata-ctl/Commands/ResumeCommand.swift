import ArgumentParser
import KataCommand
import KataControl
import KataControlClient

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Ends the pause of a pipeline."
    )

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The pipeline.")
    var pipeline: String

    @Flag(help: "As JSON.")
    var json = false

    func run() async throws {
        let answer = try await daemon.client.resume(pipeline: pipeline)
        if json { return try StandardOutput.printJSON(answer) }
        try StandardOutput.printLine("pipeline \(answer.pipeline): \(answer.state)")
    }
}
