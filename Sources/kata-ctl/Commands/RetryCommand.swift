import ArgumentParser
import KataAPI
import KataClient
import KataCommand

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Gives failed or cancelled jobs one more attempt, now. Scheduled ones are done now."
    )

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The ids of the jobs.")
    var ids: [Int64] = []

    @Option(name: .customLong("failed"), help: "Every failed job of this pipeline.")
    var pipeline: String?

    @Flag(help: "After each job those again that were cancelled because they waited for it.")
    var withDependents = false

    @Flag(help: "As JSON.")
    var json = false

    func validate() throws {
        if ids.isEmpty == (pipeline == nil) {
            throw ValidationError("name either the ids of jobs, or --failed PIPELINE")
        }
        if pipeline != nil && withDependents { throw ValidationError("--with-dependents is for the ids of jobs") }
    }

    func run() async throws {
        let client = daemon.client
        if let pipeline {
            let answer = try await client.retryFailed(pipeline: pipeline)
            if json { return try StandardOutput.printJSON(answer) }
            let jobs = answer.changed == 1 ? "1 job gets" : "\(answer.changed) jobs get"
            return try StandardOutput.printLine("pipeline \(pipeline): \(jobs) one more attempt")
        }
        try await JobChanges.each(ids, json: json) { try await client.retry(job: $0, withDependents: withDependents) }
    }
}
