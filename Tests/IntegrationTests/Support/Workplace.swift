import Foundation
import KataTestSupport
import Testing

/// A directory of a test's own in which it runs the real binaries. Removed with its owner.
final class Workplace: Sendable {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("kata-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    var database: String { path("kata.db") }
    var socket: String { path("kata.sock") }

    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: directory.appendingPathComponent(name))
        return path(name)
    }

    /// Writes an executable file.
    ///
    /// Another process does: a process that a test beside this one is just starting could have a copy of this one's descriptor,
    /// and what somebody has open for writing can't be executed.
    @discardableResult
    func writeProgram(_ text: String, to name: String) async throws -> String {
        let outcome = try await run("sh", ["-c", "printf %s \"$1\" >\"$0\" && chmod 755 \"$0\"", path(name), text])
        try #require(outcome.code == 0, "\(outcome.errors)")
        return path(name)
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    /// Writes the configuration of the kata with other figures.
    ///
    /// - Parameters:
    ///   - pipeline: more keys of it.
    ///   - consumer: the handler, if it is not to be one that sleeps.
    @discardableResult
    func writeKata(
        queue: Int = 50, items: Int = 100, workers: Int = 12, interval: String = "10ms", duration: String = "100ms",
        top: String = "", pipeline: String = "", consumer: String? = nil
    ) throws -> String {
        let consumer = consumer ?? "{ plugin: sleep, duration: \(duration) }"
        return try write(
            """
            \(top)
            pipelines:
              kata:
                queue_size: \(queue)
                item_count: \(items)
                worker_count: \(workers)
                \(pipeline)
                producer: { plugin: range, interval: \(interval) }
                consumer: \(consumer)
            """,
            to: "kata.yaml"
        )
    }

    /// Starts `katad` with the configuration that was written.
    func startDaemon(_ arguments: String..., environment: [String: String] = [:]) throws -> ChildProcess {
        try ChildProcess(
            Binaries.katad, ["--config", "kata.yaml"] + arguments, environment: environment, in: directory)
    }

    /// Runs `katad` until it ends by itself.
    func runDaemon(_ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
        try await run(Binaries.katad, ["--config", "kata.yaml"] + arguments, environment: environment)
    }

    func control(_ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
        try await run(Binaries.kataControl, arguments, environment: environment)
    }

    /// Queries the database as a user would, with the `sqlite3` shell.
    func query(_ sql: String) async throws -> String {
        let outcome = try await run(
            "sqlite3", ["-readonly", "-cmd", ".timeout 5000", "-separator", " | ", database, sql])
        try #require(outcome.code == 0, "\(outcome.errors)")
        return outcome.output
    }

    func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) async throws -> Outcome {
        let process = try ChildProcess(program, arguments, environment: environment, in: directory)
        let code = try await process.wait()
        return Outcome(code: code, output: process.standardOutput, errors: process.standardError)
    }

    /// Waits until the daemon answers.
    func waitForSocket() async throws {
        try await #require(eventually { FileManager.default.fileExists(atPath: self.socket) }, "no socket appeared")
    }

    struct Outcome: Sendable {
        let code: Int32
        let output: String
        let errors: String
    }
}

/// The binaries under test: those that were built with the tests, or those in `$KATA_BINARIES`.
enum Binaries {
    static let katad = directory + "/katad"
    static let kataControl = directory + "/kata-ctl"

    static let directory =
        ProcessInfo.processInfo.environment["KATA_BINARIES"]
        ?? URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
}

/// How many rounds a randomised test goes; more with `$KATA_ROUNDS`.
func rounds(_ usual: Int) -> Int {
    ProcessInfo.processInfo.environment["KATA_ROUNDS"].flatMap(Int.init) ?? usual
}
