import ArgumentParser
import Kata
import KataAPI
import KataClient
import KataCommand

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancels jobs that are not finished, running ones too."
    )

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The ids of the jobs.")
    var ids: [Int64] = []

    @Option(name: .customLong("all"), help: "Every unfinished job of this pipeline.")
    var pipeline: String?

    @Flag(help: "As JSON.")
    var json = false

    func validate() throws {
        if ids.isEmpty == (pipeline == nil) { throw ValidationError("name either the ids of jobs, or --all PIPELINE") }
    }

    func run() async throws {
        let client = daemon.client
        if let pipeline {
            let answer = try await client.cancelAll(pipeline: pipeline)
            if json { return try StandardOutput.printJSON(answer) }
            return try StandardOutput.printLine("pipeline \(pipeline): \(counted(answer.changed, "job")) cancelled")
        }
        try await JobChanges.each(ids, json: json) { try await client.cancel(job: $0) }
    }
}
