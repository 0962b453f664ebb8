import ArgumentParser
import KataCommand
import KataControl
import KataControlClient

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Lets a pipeline begin no more jobs, until it is resumed.",
        discussion: "Jobs in hand are finished, and new ones are still taken. A restart does not end a pause."
    )

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The pipeline.")
    var pipeline: String

    @Flag(help: "As JSON.")
    var json = false

    func run() async throws {
        let answer = try await daemon.client.pause(pipeline: pipeline)
        if json { return try StandardOutput.printJSON(answer) }
        try StandardOutput.printLine("pipeline \(answer.pipeline): \(answer.state)")
    }
}
