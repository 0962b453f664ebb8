import ArgumentParser
import Kata
import KataClient
import KataCommand

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Lists jobs, the latest first, or shows one with its attempts.",
        discussion: """
            A search looks at some hundred thousand jobs at a time. It says how far it came, and goes on from there with \
            --before.
            """
    )

    private static let states = JobState.allCases.map(\.rawValue) + ["running"]

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The id of one job.", completion: .latestJobs)
    var id: Int64?

    @Option(help: "Only jobs of this pipeline.", completion: .pipelineNames)
    var pipeline: String?

    @Option(help: "Only jobs in this state: \(states.joined(separator: ", ")).", completion: .list(states))
    var state: String?

    @OptionGroup(title: "Which jobs") var search: SearchOptions

    @Option(name: [.customShort("n"), .long], help: "How many to list.")
    var limit = 20

    @Option(help: "Only jobs before this id.")
    var before: Int64?

    @OptionGroup var time: TimeOption

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func validate() throws {
        try JobState.check(state, in: Self.states)
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000") }
        if id != nil && (pipeline != nil || state != nil || before != nil || search.areGiven) {
            throw ValidationError("an id means one job; leave out what lists are for, such as --pipeline and --before")
        }
    }

    func run() async throws {
        if let id {
            let job = try await daemon.client.job(id)
            if json { try StandardOutput.printJSON(job) } else { try print(text.describe(job)) }
        } else {
            let query = search.query(pipeline: pipeline, state: state)
            let list = try await daemon.client.jobs(query, limit: limit, before: before)
            if json { try StandardOutput.printJSON(list) } else { try print(text.table(list)) }
        }
    }

    private var text: JobText { JobText(time: time.text, width: Screen.width, now: .now()) }

    private func print(_ lines: [String]) throws {
        try StandardOutput.printLine(lines.joined(separator: "\n"))
    }
}
