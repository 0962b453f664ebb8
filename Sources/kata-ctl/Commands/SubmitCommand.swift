import ArgumentParser
import Foundation
import Kata
import KataAPI
import KataClient
import KataCommand

struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Gives jobs to a pipeline, and prints their ids once they are safe on the disk.",
        discussion: """
            Each ITEM is one job. With --file, each line is one, as a JSON object: {"item": "text", "priority": 5}; \
            the other fields are run_at, unique, max_attempts, timeout, key, after and when. A file is sent in chunks of \
            a thousand lines; of a chunk with a bad line nothing is taken, and the command stops there.

            With --then, the jobs are a batch: one more job is added after them, and it waits for all of them.
            """
    )

    /// The longest idempotency key, in bytes: the command's requests add endings such as `/2` and `/then` to it.
    private static let keyLimit = NewJob.keyLimit - 16

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The pipeline; its producer is an inbox.")
    var pipeline: String

    @Argument(help: "What is to be done.")
    var items: [String] = []

    @Option(help: "A file with a JSON object a line; - is standard input.")
    var file: String?

    @OptionGroup(title: "Options for each ITEM") var options: SubmitOptions

    @Option(help: "One more job, to be done once all the others are; its id comes last.")
    var then: String?

    @Option(help: "The pipeline of that job. Default: the same.")
    var thenPipeline: String?

    @Option(help: "A name for this request: sent again with the same key, nothing is added twice.")
    var idempotencyKey: String?

    @Flag(help: "As JSON.")
    var json = false

    func validate() throws {
        if items.isEmpty == (file == nil) {
            throw ValidationError(items.isEmpty ? "name an ITEM, or --file" : "name either ITEMs or --file, not both")
        }
        if file != nil && options.areGiven {
            throw ValidationError("with --file, say that in the lines: {\"item\": \"text\", \"priority\": 5}")
        }
        if let idempotencyKey, !(1...Self.keyLimit).contains(idempotencyKey.utf8.count) {
            throw ValidationError("--idempotency-key must have 1 to \(Self.keyLimit) bytes")
        }
        if thenPipeline != nil && then == nil { throw ValidationError("--then-pipeline needs --then") }
        if options.when != nil && then == nil && options.after.isEmpty {
            throw ValidationError("--when needs --after or --then")
        }
        if options.unique != nil && items.count > 1 {
            throw ValidationError("--unique names one job, and there are \(items.count) items")
        }
    }

    func run() async throws {
        // An empty request: if that pipeline takes no jobs, the command fails before anything is added.
        if let thenPipeline { _ = try await daemon.client.submit([], to: thenPipeline) }
        let jobs: JobIDs
        if let file {
            jobs = try await submit(LineChunks(path: file))
        } else {
            jobs = try await submit(options.lines(for: items), to: pipeline, key: idempotencyKey)
        }
        guard let then else { return }
        try await submit(
            options.line(for: then, after: jobs), to: thenPipeline ?? pipeline, key: idempotencyKey.map { "\($0)/then" }
        )
    }

    /// Submits jobs that were given as arguments. A refusal names no line, because the user has written none.
    @discardableResult
    private func submit(_ lines: [UInt8], to pipeline: String, key: String?) async throws -> JobIDs {
        do {
            let submitted = try await daemon.client.submit(lines, to: pipeline, key: key)
            try show(submitted)
            return JobIDs(submitted.ids)
        } catch ControlClientError.refused(let problem) {
            throw ControlClientError.refused(problem.withoutPlace)
        }
    }

    private func submit(_ chunks: consuming LineChunks) async throws -> JobIDs {
        var chunks = chunks
        var jobs = JobIDs()
        var progress = SubmitProgress(size: chunks.size)
        defer { progress.end() }
        var number = 0
        while let chunk = try chunks.next() {
            number += 1
            do {
                let key = idempotencyKey.map { "\($0)/\(number)" }
                let submitted = try await daemon.client.submit(chunk.bytes, to: pipeline, key: key)
                for id in submitted.ids { jobs.append(id...id) }
                progress.add(submitted.ids.count, bytes: chunk.bytes.count)
                try show(submitted)
            } catch ControlClientError.refused(let problem) {
                progress.end()
                throw ControlClientError.refused(problem.moved(by: chunk.firstLine - 1, taken: progress.count))
            }
        }
        return jobs
    }

    private func show(_ submitted: SubmitDocument) throws {
        if json { return try StandardOutput.write(Array(JSON.encode(submitted)) + [UInt8(ascii: "\n")]) }
        var text: [UInt8] = []
        for id in submitted.ids { text += Array("\(id)\n".utf8) }
        try StandardOutput.write(text)
        for id in submitted.duplicates { printError("kata-ctl: job \(id) was there before, under the same unique key") }
    }
}

extension ProblemDocument {
    /// The same problem without the line, for jobs that were given as arguments.
    fileprivate var withoutPlace: ProblemDocument {
        guard line != nil, let colon = detail.firstRange(of: ": ") else { return self }
        return ProblemDocument(status: status, title: title, detail: String(detail[colon.upperBound...]))
    }

    /// The same problem with a chunk's line counted from the beginning of the file.
    ///
    /// - Parameters:
    ///   - lines: how many lines come before the chunk.
    ///   - taken: how many jobs of the chunks before were added.
    fileprivate func moved(by lines: Int, taken: Int) -> ProblemDocument {
        guard let line else { return self }
        let place = "line \(line)"
        let detail = detail.hasPrefix(place) ? "line \(line + lines)" + detail.dropFirst(place.count) : detail
        let note = taken == 0 ? "" : " (of the lines before, \(taken) jobs were)"
        return ProblemDocument(
            status: status, title: title,
            detail: detail.replacingOccurrences(of: "of this request was taken", with: "of its chunk was taken") + note,
            line: line + lines)
    }
}
