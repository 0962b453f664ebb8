import ArgumentParser
import Kata
import KataAPI
import KataClient
import KataCommand

struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Waits until jobs are finished.",
        discussion: """
            Ends with 0 if all of them are done, else with the exit code of the first one that failed, or with 70 if it \
            has none; with 75 if one was cancelled and none failed, and with 124 when --timeout is over. A restart of the \
            daemon is waited for, too.
            """
    )

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The ids of the jobs, or ranges such as 17-20.", completion: .unfinishedJobs)
    var ids: [JobIDRange]

    @Option(help: ArgumentHelp("How long to wait, such as 30s. Default: as long as it takes.", valueName: "duration"))
    var timeout: String?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func validate() throws {
        if let timeout, Duration(configuration: timeout) == nil {
            throw ValidationError(
                "--timeout is '\(timeout)', expected a duration of at most 365d, such as 1.5s, 10m or 2h")
        }
    }

    func run() async throws {
        let wait = try JobWait.telling(daemon.client, timeout: timeout.flatMap { Duration(configuration: $0) })
        let outcome = try await WaitOutcome.of(ids.lazy.flatMap(\.ids), wait) { job in
            if !json { try StandardOutput.printLine(WaitOutcome(jobs: [job]).lines[0]) }
        }
        if json { try StandardOutput.printJSON(outcome) }
        try outcome.end(after: timeout)
    }
}
