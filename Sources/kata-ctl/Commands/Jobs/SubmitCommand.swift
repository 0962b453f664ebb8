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
            Each ITEM is one job. With --lines, each line of a file is one. With --file, each line is one as a JSON \
            object: {"item": "text", "priority": 5}; the other fields are run_at, unique, max_attempts, timeout, key, \
            tags, traceparent, after and when. A TRACEPARENT of the environment holds for jobs without their own. A file is sent in chunks of a thousand lines; of a chunk with a bad line nothing is taken, \
            and the command stops there. What comes out of a slow pipe is sent after 200 ms, unless there is an \
            --idempotency-key: then chunks depend on nothing but the lines, so that they are the same the next time.

            With --then, the jobs are a batch: one more job is added after them, and it waits for all of them.
            """
    )

    /// The longest idempotency key, in bytes: the command's requests add endings such as `/2` and `/then` to it.
    private static let keyLimit = NewJob.keyLimit - 16
    /// How long lines of a slow pipe wait for more of them.
    private static let patience = Duration.milliseconds(200)
    /// How many bytes a chunk of items has. As JSON it may have six times as many, and a request has at most 16 MiB.
    private static let linesLimit = 2 << 20

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The pipeline; its producer is an inbox.", completion: .pipelineNames)
    var pipeline: String

    @Argument(help: ArgumentHelp("What is to be done.", valueName: "item"))
    var items: [String] = []

    @Option(name: .shortAndLong, help: "A file with a JSON object a line; - is standard input.", completion: .file())
    var file: String?

    @Option(
        name: .customLong("lines"),
        help: ArgumentHelp("A file whose lines are items; - is standard input.", valueName: "file"), completion: .file()
    )
    var linesFile: String?

    @OptionGroup(title: "Options for each ITEM") var options: SubmitOptions

    @Option(
        help: ArgumentHelp("One more job, to be done once all the others are; its id comes last.", valueName: "item"))
    var then: String?

    @Option(help: "The pipeline of that job. Default: the same.", completion: .pipelineNames)
    var thenPipeline: String?

    @Option(help: "A name for this request: sent again with the same key, nothing is added twice.")
    var idempotencyKey: String?

    @Flag(help: "Wait until the jobs are finished, and end as they end; see 'kata-ctl wait --help'.")
    var wait = false

    @Flag(help: "Wait, too, and print what the jobs print.")
    var follow = false

    @Option(help: ArgumentHelp("How long to wait, such as 30s. Default: as long as it takes.", valueName: "duration"))
    var waitTimeout: String?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func validate() throws {
        if [!items.isEmpty, file != nil, linesFile != nil].count(where: \.self) != 1 {
            throw ValidationError("name either ITEMs, or --file, or --lines")
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
        if options.unique != nil && items.count != 1 {
            throw ValidationError("--unique names one job; give it with one ITEM")
        }
        if let waitTimeout {
            if Duration(configuration: waitTimeout) == nil {
                throw ValidationError(
                    "--wait-timeout is '\(waitTimeout)', expected a duration of at most 365d, such as 1.5s, 10m or 2h")
            }
            if !wait && !follow { throw ValidationError("--wait-timeout needs --wait or --follow") }
        }
        if json && follow { throw ValidationError("what --follow prints is no JSON; use --wait") }
    }

    func run() async throws {
        // An empty request: if that pipeline takes no jobs, the command fails before anything is added.
        if let thenPipeline { _ = try await daemon.client.submit([], to: thenPipeline) }
        var report = SubmitReport(isJSON: json)
        do {
            try await submit(&report)
        } catch {
            // What was taken before is told all the same.
            if !report.ids.ranges.isEmpty { try report.finish() }
            throw error
        }
        guard wait || follow else { return try report.finish() }
        let client = try daemon.client
        let jobs = JobFollowing(
            client: client,
            wait: .telling(
                client, timeout: waitTimeout.flatMap { Duration(configuration: $0) }, hasAnswered: true),
            printsOutput: follow, isQuiet: json)
        let outcome = try await jobs.end(of: report.ids)
        try report.finish(outcome)
        try outcome.end(after: waitTimeout)
    }

    private func submit(_ report: inout SubmitReport) async throws {
        let patience = idempotencyKey == nil ? Self.patience : nil
        if let file {
            try await submit(LineChunks(path: file, patience: patience), &report)
        } else if let linesFile {
            try await submit(LineChunks(path: linesFile, patience: patience, sizeLimit: Self.linesLimit), &report)
        } else {
            try await submit(options.lines(for: items), to: pipeline, key: idempotencyKey, &report)
        }
        guard let then else { return }
        try await submit(
            options.line(for: then, after: report.ids), to: thenPipeline ?? pipeline,
            key: idempotencyKey.map { "\($0)/then" }, &report)
    }

    /// Submits jobs that were given as arguments. A refusal names no line, because the user has written none.
    private func submit(_ lines: [UInt8], to pipeline: String, key: String?, _ report: inout SubmitReport) async throws
    {
        do {
            try await report.add(daemon.client.submit(lines, to: pipeline, key: key, from: .ofEnvironment))
        } catch ControlClientError.refused(let problem) {
            throw ControlClientError.refused(problem.withoutPlace)
        }
    }

    private func submit(_ chunks: consuming LineChunks, _ report: inout SubmitReport) async throws {
        var chunks = chunks
        var progress = SubmitProgress(size: chunks.size)
        defer { progress.end() }
        var number = 0
        while let chunk = try chunks.next() {
            number += 1
            let key = idempotencyKey.map { "\($0)/\(number)" }
            let lines = try linesFile == nil ? chunk.bytes : options.lines(forLinesOf: chunk)
            do {
                let submitted = try await daemon.client.submit(lines, to: pipeline, key: key, from: .ofEnvironment)
                progress.add(submitted.ids.count, bytes: chunk.bytes.count)
                try report.add(submitted)
            } catch ControlClientError.refused(let problem) {
                progress.end()
                throw ControlClientError.refused(problem.moved(by: chunk.firstLine - 1, taken: progress.count))
            }
        }
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
        let note = taken == 0 ? "" : " (of the lines before, \(counted(taken, "job")) \(taken == 1 ? "was" : "were"))"
        return ProblemDocument(
            status: status, title: title,
            detail: detail.replacingOccurrences(of: "of this request was taken", with: "of its chunk was taken") + note,
            line: line + lines)
    }
}
