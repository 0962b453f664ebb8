import ArgumentParser
import Kata
import KataAPI
import KataClient
import KataCommand

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says why a job is not running, or what else it does; or what a pipeline waits for.",
        discussion: "A number is a job's id; the name of a pipeline may be left out if there is only one."
    )

    @OptionGroup var daemon: SocketOption

    @Argument(
        help: "The id of the job, or the name of the pipeline. Default: the only pipeline.",
        completion: .pipelinesAndJobs)
    var subject: String?

    @OptionGroup var time: TimeOption

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() async throws {
        let answer = try await explanation(daemon.client)
        if json { return try StandardOutput.printJSON(answer) }
        let reason = time.text.replacingTimes(in: answer.reason)
        let job = answer.job.map { "job \($0), " } ?? ""
        try StandardOutput.printLine("\(job)pipeline \(answer.pipeline): \(reason)".printable)
    }

    private func explanation(_ client: ControlClient) async throws -> ExplanationDocument {
        if let subject {
            if let job = Int64(subject) { return try await client.explain(job: job) }
            return try await client.explain(pipeline: subject)
        }
        let names = try await client.status().pipelines.map(\.name)
        guard let name = names.first, names.count == 1 else {
            throw UsageError("name a job or one of the pipelines: \(names.joined(separator: ", "))")
        }
        return try await client.explain(pipeline: name)
    }
}
