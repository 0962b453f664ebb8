import ArgumentParser
import Foundation
import Kata
import KataAPI
import KataClient
import KataCommand

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

    @Argument(help: "The pipeline.", completion: .pipelineNames)
    var pipeline: String

    @Option(help: "Jobs in this state: done, failed or cancelled.", completion: .list(["done", "failed", "cancelled"]))
    var state: String

    @Option(
        help:
            "Jobs that were finished so long ago, such as 30d. May be left out where another option narrows the search."
    )
    var olderThan: String?

    @OptionGroup(title: "Which jobs") var search: SearchOptions

    @Option(help: "A file to write them to; it must not be there.", completion: .file())
    var archive: String?

    @OptionGroup var bulk: BulkOptions

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func validate() throws {
        if !(JobState(rawValue: state)?.isFinal ?? false) {
            throw ValidationError("--state is '\(state)', expected done, failed or cancelled")
        }
        if let olderThan, Duration(configuration: olderThan) == nil {
            throw ValidationError(
                "--older-than is '\(olderThan)', expected a duration of at most 365d, such as 30m, 12h or 30d")
        }
        if olderThan == nil && !search.areGiven {
            throw ValidationError("say which jobs: --older-than, or what to look for, such as --item")
        }
        if archive == "-" { throw ValidationError("an archive is read back, so --archive has to name a file") }
        if bulk.dryRun && archive != nil { throw ValidationError("--dry-run writes nothing; leave out --archive") }
    }

    func run() async throws {
        let age = olderThan.flatMap { Duration(configuration: $0) } ?? .zero
        let time = Timestamp.now().advanced(by: .zero - age).iso8601
        let client = try daemon.client
        let query = search.query(pipeline: pipeline, state: state)
        let jobs = try await client.selectPrunable(query, before: time)
        if bulk.dryRun { return try show(jobs.matched, "would be forgotten") }
        let change = BulkChange(verb: "forget", options: bulk)
        guard try change.confirm(jobs, json: json) else { return }
        var ids = Array(jobs.ids)
        if let archive {
            var file = try JobArchive(path: archive)
            ids = []
            try await eachPage(query, before: time) { page in
                try file.append(page)
                ids += page.map(\.id)
            }
            try file.finish()
        }
        // Of an archive exactly the jobs that are in it.
        let count = try await change.change(ids) { try await client.prune($0, query, before: time).changed }
        try show(count, archive.map { "forgotten, and kept in \($0)" } ?? "forgotten")
    }

    private func eachPage(_ query: JobQuery, before time: String, _ body: ([JobDocument]) throws -> Void) async throws {
        var last: Int64 = 0
        while true {
            let page = try await daemon.client.prunable(query, before: time, after: last)
            try body(page.jobs)
            guard let next = page.next else { return }
            last = next
        }
    }

    private func show(_ count: Int, _ what: String) throws {
        if json { return try StandardOutput.printJSON(ChangeDocument(changed: count)) }
        try StandardOutput.printLine("pipeline \(pipeline): \(counted(count, "\(state) job")) \(what)")
    }
}
