import ArgumentParser
import Kata
import KataAPI
import KataClient
import KataCommand

/// The arguments of commands about one entry of a schedule.
struct EntryOptions: ParsableArguments {
    @OptionGroup var daemon: SocketOption

    @Argument(
        help: "The entry, as PIPELINE/ENTRY; or its name, or that of its pipeline, where that is clear.",
        completion: .entryNames)
    var entry: String

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    /// Finds the entry that is meant, and changes it.
    func change(
        _ change: (ControlClient, _ entry: String, _ pipeline: String) async throws -> EntryDocument
    ) async throws -> EntryDocument {
        let client = try daemon.client
        let found = try Self.find(entry, in: try await client.schedules().entries)
        return try await change(client, found.entry, found.pipeline)
    }

    /// Prints whether the entry is paused now.
    func show(_ answer: EntryDocument) throws {
        if json { return try StandardOutput.printJSON(answer) }
        let state = answer.paused == true ? "paused" : "resumed"
        try StandardOutput.printLine("\(answer.pipeline)/\(answer.entry): \(state)".printable)
    }

    /// - Throws: ``UsageError`` if none is meant, or several may be.
    static func find(_ text: String, in entries: [SchedulesDocument.Entry]) throws -> SchedulesDocument.Entry {
        if let exact = entries.first(where: { "\($0.pipeline)/\($0.entry)" == text }) { return exact }
        let byName = entries.filter { $0.entry == text }
        let found = byName.isEmpty ? entries.filter { $0.pipeline == text } : byName
        if found.count == 1 { return found[0] }
        let names = (found.isEmpty ? entries : found).map { "\($0.pipeline)/\($0.entry)" }
        if !found.isEmpty { throw UsageError("'\(text)' may be \(names.joined(separator: " or ")); name one of them") }
        if names.isEmpty { throw UsageError("no pipeline has a schedule; see docs/plugins.md for producer: schedule") }
        let near = nearest(to: text, in: names + entries.map(\.entry)).map { "did you mean '\($0)'?" }
        throw UsageError("there is no entry '\(text)'; \(near ?? "there is \(names.joined(separator: ", "))")")
    }
}
