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

    private static let batchSize = 500

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The pipeline.")
    var pipeline: String

    @Option(help: "Jobs in this state: done, failed or cancelled.")
    var state: String

    @Option(help: "Jobs that were finished so long ago, such as 30d.")
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
            throw ValidationError("--older-than is '\(olderThan)', expected a duration such as 30m, 12h or 30d")
        }
        if archive == "-" { throw ValidationError("an archive is read back, so --archive has to name a file") }
        if dryRun && archive != nil { throw ValidationError("--dry-run writes nothing; leave out --archive") }
    }

    func run() async throws {
        let age = Duration(configuration: olderThan) ?? .zero
        let time = Timestamp.now().advanced(by: .zero - age).iso8601
        var ids: [Int64] = []
        if dryRun {
            try await eachPage(before: time) { page in ids += page.map(\.id) }
            return try show(ids.count, "would be forgotten")
        }
        guard let archive else {
            let answer = try await daemon.client.prune(pipeline: pipeline, state: state, before: time, jobs: nil)
            return try show(answer.changed, "forgotten")
        }
        var file = try JobArchive(path: archive)
        try await eachPage(before: time) { page in
            try file.append(page)
            ids += page.map(\.id)
        }
        try file.finish()
        // Exactly the jobs that are in the archive.
        var count = 0
        for start in stride(from: 0, to: ids.count, by: Self.batchSize) {
            let batch = Array(ids[start..<min(start + Self.batchSize, ids.count)])
            count += try await daemon.client.prune(pipeline: pipeline, state: state, before: time, jobs: batch).changed
        }
        try show(count, "forgotten, and kept in \(archive)")
    }

    private func eachPage(before time: String, _ body: ([JobDocument]) throws -> Void) async throws {
        var last: Int64 = 0
        while true {
            let page = try await daemon.client.prunable(pipeline: pipeline, state: state, before: time, after: last)
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
