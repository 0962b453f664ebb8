public import ArgumentParser
import Foundation
import Glibc
public import Kata
import KataAPI
import KataClient
import KataCommand

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Prints what a job has printed, or follows it while the job runs.",
        discussion: """
            Standard output and standard error come in the order in which they were read, both on standard output. With \
            several attempts, a line on standard error says where each begins. Of a job that prints much, the beginning \
            and the end are kept, and a line says how much was left out.

            Escape sequences, such as colours, are shown as text, so that no job can do anything to a terminal.
            """
    )

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The id of the job.", completion: .latestJobs)
    var id: Int64

    @Flag(
        name: .shortAndLong,
        help: "Go on until the job is finished, also if it has not begun yet, or the daemon is restarted.")
    var follow = false

    @Option(help: "Only what this attempt prints.")
    var attempt: Int?

    @Option(help: "Only standard output (out), or only standard error (err).")
    var stream: OutputPiece.Stream?

    @Option(help: "Only what was printed since a time (2026-01-31T12:00:00Z), or in the last while (10m).")
    var since: String?

    @Flag(help: "On a terminal: leave escape sequences as they are.")
    var raw = false

    @Flag(help: "As JSON; with --follow, one object a line.")
    var json = false

    func validate() throws {
        if id < 1 { throw ValidationError("a job's id is a number from 1 on") }
        if let attempt, attempt < 1 { throw ValidationError("--attempt must be a number from 1 on") }
        if let since, Timestamp(iso8601: since) == nil, Duration(configuration: since) == nil {
            throw ValidationError(
                "--since must be a time such as 2026-01-31T12:00:00Z, or a duration such as 10m, not '\(since)'"
                    .printable)
        }
    }

    func run() async throws {
        let selection = OutputSelection(
            follows: follow, attempt: attempt, stream: stream?.rawValue, since: sinceTime)
        if json { return try await printJSON(selection) }
        var text = OutputLog(isRaw: raw && isatty(STDOUT_FILENO) == 1)
        let end = try await daemon.client.output(of: id, selection, onInterruption: tell) { part in
            if let heading = text.heading(of: part), attempt == nil { printError(heading) }
            try StandardOutput.write(text.bytes(of: part))
        }
        try StandardOutput.write(text.end())
        if follow && end.state != JobState.done.rawValue {
            printError("kata-ctl: job \(id) is \(end.state ?? "gone")\(end.error.map { ": \($0.printable)" } ?? "")")
        }
    }

    /// A duration counts from now, also when the daemon is asked once more after its restart.
    private var sinceTime: String? {
        guard let since, let age = Duration(configuration: since) else { return since }
        return Timestamp.now().advanced(by: .zero - age).iso8601
    }

    private func printJSON(_ selection: OutputSelection) async throws {
        if follow {
            let end = try await daemon.client.output(of: id, selection, onInterruption: tell) { try printLine($0) }
            return try printLine(end)
        }
        var list = OutputListWriter(id: id)
        let end = try await daemon.client.output(of: id, selection) { try StandardOutput.write(list.add($0)) }
        try StandardOutput.write(list.end(end))
    }

    private func printLine(_ part: OutputDocument) throws {
        try StandardOutput.write(Array(JSON.encode(part)) + [UInt8(ascii: "\n")])
    }

    private func tell(_ reason: String) {
        printError("kata-ctl: \(reason)")
    }
}

extension OutputPiece.Stream: ExpressibleByArgument {}
