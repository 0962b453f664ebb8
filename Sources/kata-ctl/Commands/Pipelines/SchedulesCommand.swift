import ArgumentParser
import KataAPI
import KataClient
import KataCommand

struct SchedulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedules",
        abstract: "Shows what happens when, and runs, pauses and resumes it.",
        discussion: "Without a subcommand it takes the options of list, such as --json.",
        subcommands: [
            ScheduleListCommand.self, ScheduleRunCommand.self, SchedulePauseCommand.self, ScheduleResumeCommand.self,
        ],
        defaultSubcommand: ScheduleListCommand.self
    )
}

struct ScheduleListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the entries of all schedules: when they come next, and how the last time went.")

    @OptionGroup var daemon: SocketOption

    @Option(help: "Only this pipeline.", completion: .pipelineNames)
    var pipeline: String?

    @OptionGroup var time: TimeOption

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() async throws {
        let schedules = try await daemon.client.schedules(pipeline: pipeline)
        if json { return try StandardOutput.printJSON(schedules) }
        let text = ScheduleText(schedules, width: Screen.width, time: time.text)
        try StandardOutput.printLine(text.lines.joined(separator: "\n"))
    }
}

struct ScheduleRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Adds a job of an entry now, and prints its id. A pause of the entry does not matter.")

    @OptionGroup var options: EntryOptions

    func run() async throws {
        let answer = try await options.change { try await $0.runEntry($1, of: $2) }
        if options.json { return try StandardOutput.printJSON(answer) }
        try StandardOutput.printLine(answer.job.map { "\($0)" } ?? "")
    }
}

struct SchedulePauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Has an entry make no jobs until it is resumed.",
        discussion: "A restart does not end a pause. Times that pass meanwhile are not made up for.")

    @OptionGroup var options: EntryOptions

    func run() async throws {
        try options.show(await options.change { try await $0.pauseEntry($1, of: $2) })
    }
}

struct ScheduleResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Ends the pause of an entry.")

    @OptionGroup var options: EntryOptions

    func run() async throws {
        try options.show(await options.change { try await $0.resumeEntry($1, of: $2) })
    }
}
