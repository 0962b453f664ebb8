public import ArgumentParser
import Foundation
public import Kata
import KataAPI
import KataCommand

/// What the command line can say of each job besides its item.
struct SubmitOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "Higher goes first, from -100 to 100. Default: 0.")
    var priority: Int?

    @Option(help: ArgumentHelp("Not before this time, such as 2026-01-31T12:00:00Z.", valueName: "time"))
    var at: String?

    @Option(
        name: .customLong("in"),
        help: ArgumentHelp("Not before this time has passed, such as 10m.", valueName: "duration"))
    var delay: String?

    @Option(help: "A name for the work: nothing is added while a job of that name is not finished.")
    var unique: String?

    @Option(help: ArgumentHelp("How many attempts it has. Default: as the pipeline's retry says.", valueName: "number"))
    var maxAttempts: Int?

    @Option(
        help: ArgumentHelp(
            "How long an attempt may take, such as 30s. Default: as the pipeline's handler says.", valueName: "duration"
        ))
    var timeout: String?

    @Option(help: "What the limits per key go by, such as a customer's name.")
    var key: String?

    @Option(help: "A word to find it by with 'kata-ctl jobs --tag'; may be given several times.")
    var tag: [String] = []

    @Option(
        help: "The id of a job that has to be done first, or a range such as 17-20; may be given several times.",
        completion: .unfinishedJobs)
    var after: [JobIDRange] = []

    @Option(
        help:
            "What those of --after, or before --then, have to be: done, or finished, whatever became of them. Default: done."
    )
    var when: NewJob.Condition?

    /// A job as a line of the request.
    private struct Line: Encodable {
        var item: String?
        var priority: Int?
        var runAt: String?
        var delay: String?
        var unique: String?
        var maxAttempts: Int?
        var timeout: String?
        var key: String?
        var tags: [String]?
        var after: JobIDs?
        var when: String?
    }

    /// Whether there is an option that belongs in the lines of a file. `--when` may also be about `--then`, so it does
    /// not count.
    var areGiven: Bool {
        priority != nil || at != nil || delay != nil || unique != nil || maxAttempts != nil || timeout != nil
            || key != nil || !tag.isEmpty || !after.isEmpty
    }

    /// A job that waits for others, as NDJSON. Of the options only `--when` is about it.
    func line(for item: String, after jobs: JobIDs) throws -> [UInt8] {
        try encode(Line(item: item, after: jobs, when: when?.rawValue))
    }

    func validate() throws {
        try JobOptionCheck.priority(priority)
        if let maxAttempts, !NewJob.attempts.contains(maxAttempts) {
            throw ValidationError("--max-attempts must be from 1 to 1000")
        }
        do {
            try NewJob.check(tags: tag)
        } catch {
            throw ValidationError("--tag: \(error)")
        }
        try JobOptionCheck.time(at, "--at", delay: delay)
        try JobOptionCheck.duration(delay, "--in")
        try JobOptionCheck.duration(timeout, "--timeout")
    }

    /// The jobs as NDJSON, with these options on each.
    func lines(for items: [String]) throws -> [UInt8] {
        try items.flatMap { try encode(line(for: $0)) }
    }

    private func line(for item: String?) -> Line {
        Line(
            item: item, priority: priority, runAt: at, delay: delay, unique: unique, maxAttempts: maxAttempts,
            timeout: timeout, key: key, tags: tag.isEmpty ? nil : tag,
            after: after.isEmpty ? nil : JobIDs(after.flatMap(\.ids)), when: when?.rawValue)
    }

    /// A job for each line of a chunk, as NDJSON, with these options on each. A line that is empty is none, and leaves an
    /// empty line, so that the numbers of the lines stay as they were.
    ///
    /// - Throws: ``UsageError`` for a line that is not valid UTF-8.
    func lines(forLinesOf chunk: LineChunks.Chunk) throws -> [UInt8] {
        let options = try encode(line(for: nil)).dropFirst().dropLast(2)
        let ending = (options.isEmpty ? [] : [UInt8(ascii: ",")]) + options + Array("}\n".utf8)
        var result: [UInt8] = []
        var rest = chunk.bytes[...]
        if rest.last == UInt8(ascii: "\n") { rest.removeLast() }
        for (index, var line) in rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            guard let item = String(validating: line, as: UTF8.self) else {
                throw UsageError("line \(chunk.firstLine + index) is not valid UTF-8; no job of its chunk was taken")
            }
            if item.isEmpty {
                result.append(UInt8(ascii: "\n"))
                continue
            }
            var json = JSONWriter()
            json.string(item)
            result += Array("{\"item\":".utf8) + json.bytes + ending
        }
        return result
    }

    private func encode(_ line: Line) throws -> [UInt8] {
        Array(try JSON.encode(line)) + [UInt8(ascii: "\n")]
    }
}

extension NewJob.Condition: ExpressibleByArgument {}
