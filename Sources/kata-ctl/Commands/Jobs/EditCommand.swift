import ArgumentParser
import Kata
import KataAPI
import KataClient
import KataCommand

struct EditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Changes a job that has not begun.",
        discussion: """
            The job keeps its id, its unique key, and what waits for it. A job that has begun is left as it is: cancel it, and \
            then 'kata-ctl retry ID --with-item TEXT' adds a corrected copy.
            """
    )

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The id of the job.", completion: .unfinishedJobs)
    var id: Int64

    @Option(help: "What is to be done instead.")
    var item: String?

    @Option(parsing: .unconditional, help: "Higher goes first, from -100 to 100.")
    var priority: Int?

    @Option(
        name: [.customLong("run-at"), .customLong("at")], help: "Not before this time, such as 2026-01-31T12:00:00Z.")
    var runAt: String?

    @Option(name: .customLong("in"), help: "Not before this time has passed, such as 10m.")
    var delay: String?

    @Option(help: "What the limits per key go by; an empty text takes the key away.")
    var key: String?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    /// The request.
    private struct Edit: Encodable {
        let item: String?
        let priority: Int?
        let runAt: String?
        let delay: String?
        let key: Key?
    }

    /// A key, or that there is to be none.
    private struct Key: Encodable {
        let text: String

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if text.isEmpty { try container.encodeNil() } else { try container.encode(text) }
        }
    }

    func validate() throws {
        if item == nil && priority == nil && runAt == nil && delay == nil && key == nil {
            throw ValidationError("say what is to be different: --item, --priority, --run-at, --in or --key")
        }
        try JobOptionCheck.priority(priority)
        try JobOptionCheck.time(runAt, "--run-at", delay: delay)
        try JobOptionCheck.duration(delay, "--in")
    }

    func run() async throws {
        let edit = Edit(item: item, priority: priority, runAt: runAt, delay: delay, key: key.map(Key.init))
        let job = try await daemon.client.edit(job: id, [UInt8](JSON.encode(edit)))
        if json { return try StandardOutput.printJSON(job) }
        try StandardOutput.printLine("job \(id): \(job.state)")
    }
}
