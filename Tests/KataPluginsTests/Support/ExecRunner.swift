import KataTestSupport
import Logging

@testable import Kata
@testable import KataPlugins

/// An `exec` handler without a pipeline around it.
struct ExecRunner: Sendable {
    struct Outcome: Sendable {
        /// What the handler threw.
        let error: (any Error)?
        /// What it kept.
        let output: String?
        var cost: JobCost?

        var failure: JobFailure? { error as? JobFailure }
        var isDone: Bool { error == nil }
        var isCutOff: Bool { error is CancellationError }
    }

    private let handler: ExecHandler
    private let notes = Notes<String>()

    /// What was logged, as `job 7: stderr: text`.
    var log: [String] { notes.all }

    /// - Throws: `ConfigurationFaults`.
    init(
        _ command: [String], _ keys: KeyValuePairs<String, ConfigurationNode> = [:],
        groups: ControlGroups.State = .untouched
    ) throws {
        try self.init([(key: "command", node: .list(command))] + keys.map { (key: $0.key, node: $0.value) }, groups)
    }

    /// With `shell: true`.
    init(shell text: String) throws {
        try self.init([(key: "command", node: .text(text)), (key: "shell", node: .text("true"))], .untouched)
    }

    private init(_ entries: [(key: String, node: ConfigurationNode)], _ groups: ControlGroups.State) throws {
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(.map(entries), title: "the consumer", report: report)
        let context = PluginContext(logger: Logger(label: "test"), pipeline: "p")
        handler = ExecHandler(configuration: &section, context: context, groups: groups)
        section.finish()
        try report.throwIfFaulty()
    }

    /// Runs a shell's script that is not given the item, unless the keys say so.
    init(
        script: String, _ keys: KeyValuePairs<String, ConfigurationNode> = ["item": .text("none")],
        groups: ControlGroups.State = .untouched
    ) throws {
        try self.init(["/bin/sh", "-c", script], keys, groups: groups)
    }

    /// Handles a job, as a consumer does.
    ///
    /// - Parameters:
    ///   - prints: is told what is printed, as `out: text`.
    ///   - report: takes in what else the attempt reports.
    func run(
        _ item: String = "", id: Job.ID = 7, attempt: Int = 1, prints: Notes<String>? = nil,
        report: JobContext.Report? = nil
    ) async -> Outcome {
        var onPrint: (@Sendable (String, OutputPiece.Stream) -> Void)?
        if let prints { onPrint = { text, stream in prints.add("\(stream.rawValue): \(text)") } }
        let report = report ?? JobContext.Report(onPrint: onPrint)
        let job = Job(id: id, runID: 1, item: item, attempt: attempt)
        let logger = Logger(label: "test") { [notes] _ in LogLines(notes) }
        let context = JobContext(job: job, pipeline: "p", consumerID: "c1", logger: logger, report: report)
        do {
            try await handler.handle(job, in: context)
            let yield = report.take()
            return Outcome(error: nil, output: yield.kept, cost: yield.cost)
        } catch {
            let yield = report.take()
            return Outcome(error: error, output: yield.kept, cost: yield.cost)
        }
    }

    /// Handles many jobs, so many of them at once. Each has to be done.
    func run(times: Int, atOnce width: Int) async throws {
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            for index in 0..<times {
                if index >= width, let error = try await group.next()?.error { throw error }
                group.addTask { await run() }
            }
            for try await outcome in group {
                if let error = outcome.error { throw error }
            }
        }
    }
}

/// Writes an executable file.
///
/// Another process does: a process that a test beside this one is just starting could have a copy of this one's descriptor,
/// and what somebody has open for writing can't be executed.
func writeProgram(_ text: String, to path: String) async throws {
    let outcome = try await ExecRunner(["/bin/sh", "-c", "cat > '\(path)' && chmod 755 '\(path)'"]).run(text)
    if let error = outcome.error { throw error }
}
