public import ArgumentParser
import Foundation
public import Kata
import KataAPI
import KataCommand

/// What the command line can say of each job besides its item.
struct SubmitOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "Higher goes first, from -100 to 100. Default: 0.")
    var priority: Int?

    @Option(help: "Not before this time, such as 2026-01-31T12:00:00Z.")
    var at: String?

    @Option(name: .customLong("in"), help: "Not before this time has passed, such as 10m.")
    var delay: String?

    @Option(help: "A name for the work: nothing is added while a job of that name is not finished.")
    var unique: String?

    @Option(help: "How many attempts it has.")
    var maxAttempts: Int?

    @Option(help: "How long an attempt may take, such as 30s.")
    var timeout: String?

    @Option(help: "What the limits per key go by, such as a customer's name.")
    var key: String?

    @Option(help: "The id of a job that has to be done first, or a range such as 17-20; may be given several times.")
    var after: [JobIDRange] = []

    @Option(
        help: "What those of --after, or before --then, have to be: done, or finished, whatever became of them.")
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
        var after: JobIDs?
        var when: String?
    }

    /// Whether there is an option that belongs in the lines of a file. `--when` may also be about `--then`, so it does
    /// not count.
    var areGiven: Bool {
        priority != nil || at != nil || delay != nil || unique != nil || maxAttempts != nil || timeout != nil
            || key != nil || !after.isEmpty
    }

    /// A job that waits for others, as NDJSON. Of the options only `--when` is about it.
    func line(for item: String, after jobs: JobIDs) throws -> [UInt8] {
        try encode(Line(item: item, after: jobs, when: when?.rawValue))
    }

    func validate() throws {
        if let priority, !NewJob.priorities.contains(priority) {
            throw ValidationError("--priority must be from -100 to 100")
        }
        if let maxAttempts, !NewJob.attempts.contains(maxAttempts) {
            throw ValidationError("--max-attempts must be from 1 to 1000")
        }
        if at != nil && delay != nil { throw ValidationError("--at and --in are two ways to say when; use one") }
        if let at, Timestamp(iso8601: at) == nil {
            throw ValidationError("--at is '\(at)', expected a time such as 2026-01-31T12:00:00Z")
        }
        for (name, text) in [("--in", delay), ("--timeout", timeout)] {
            if let text, Duration(configuration: text) == nil {
                throw ValidationError("\(name) is '\(text)', expected a duration such as 1.5s, 10m, 2h or 7d")
            }
        }
    }

    /// The jobs as NDJSON, with these options on each.
    func lines(for items: [String]) throws -> [UInt8] {
        try items.flatMap { try encode(line(for: $0)) }
    }

    private func line(for item: String?) -> Line {
        Line(
            item: item, priority: priority, runAt: at, delay: delay, unique: unique, maxAttempts: maxAttempts,
            timeout: timeout, key: key, after: after.isEmpty ? nil : JobIDs(after.flatMap(\.ids)), when: when?.rawValue)
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

/// The id of a job such as `17`, or a range such as `17-20` of at most ``NewJob/afterLimit`` ids.
struct JobIDRange: ExpressibleByArgument {
    let ids: ClosedRange<Job.ID>

    init?(argument: String) {
        let bounds = argument.split(separator: "-", omittingEmptySubsequences: false).compactMap { Job.ID($0) }
        guard let first = bounds.first, let last = bounds.last, bounds.count <= 2, 1 <= first, first <= last,
            last - first < NewJob.afterLimit
        else { return nil }
        ids = first...last
    }
}

extension NewJob.Condition: ExpressibleByArgument {}
