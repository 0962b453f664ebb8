import ArgumentParser
import Foundation
import Kata
import KataCommand
import KataControl
import KataControlClient

struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Forgets finished jobs, with their results.",
        discussion: """
            With --archive they are written to a file first, a JSON object a line; only when that is safe on the disk \
            and was read back is anything forgotten.
            """
    )

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The pipeline.")
    var pipeline: String

    @Option(help: "Jobs in this state: done, failed or cancelled.")
    var state: String

    @Option(help: "Jobs that were finished so long ago, such as 720h.")
    var olderThan: String

    @Option(help: "A file to write them to; it must not be there.")
    var archive: String?

    @Flag(help: "Only count them.")
    var dryRun = false

    @Flag(help: "As JSON.")
    var json = false

    func validate() throws {
        if !(JobState(rawValue: state)?.isFinal ?? false) {
            throw ValidationError("--state is '\(state)', expected done, failed or cancelled")
        }
        if Duration(configuration: olderThan) == nil {
            throw ValidationError("--older-than is '\(olderThan)', expected a duration such as 30m or 720h")
        }
        if dryRun && archive != nil { throw ValidationError("--dry-run writes nothing; leave out --archive") }
    }

    func run() async throws {
        let age = Duration(configuration: olderThan) ?? .zero
        let time = Timestamp.now().advanced(by: .zero - age).iso8601
        if dryRun {
            var count = 0
            _ = try await eachPage(before: time) { count += $0.count }
            return try show(count, "would be forgotten")
        }
        var last: Int64?
        if let archive {
            var file = try JobArchive(path: archive)
            last = try await eachPage(before: time) { try file.append($0) } ?? 0
            try file.finish()
        }
        let answer = try await daemon.client.prune(pipeline: pipeline, state: state, before: time, through: last)
        try show(answer.changed, archive.map { "forgotten, and kept in \($0)" } ?? "forgotten")
    }

    /// - Returns: the id of the last job.
    private func eachPage(before time: String, _ body: ([JobDocument]) throws -> Void) async throws -> Int64? {
        var last: Int64?
        while true {
            let page = try await daemon.client.prunable(
                pipeline: pipeline, state: state, before: time, after: last ?? 0)
            try body(page.jobs)
            last = page.jobs.last?.id ?? last
            if page.next == nil { return last }
        }
    }

    private func show(_ count: Int, _ what: String) throws {
        if json { return try StandardOutput.printJSON(ChangeDocument(changed: count)) }
        try StandardOutput.printLine("pipeline \(pipeline): \(count) \(state) \(count == 1 ? "job" : "jobs") \(what)")
    }
}
