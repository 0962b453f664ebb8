import ArgumentParser
import Kata
import KataAPI
import KataClient
import KataCommand

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Says why a job is not running, or what else it does.")

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The id of the job.")
    var id: Int64

    @OptionGroup var time: TimeOption

    @Flag(help: "As JSON.")
    var json = false

    func run() async throws {
        let answer = try await daemon.client.explain(job: id)
        if json { return try StandardOutput.printJSON(answer) }
        let reason = time.text.replacingTimes(in: answer.reason)
        try StandardOutput.printLine("job \(answer.job), pipeline \(answer.pipeline): \(reason)".printable)
    }
}
