import ArgumentParser
import Foundation
import Kata
import KataAPI
import KataCommand
import KataConfig
import KataPlugins
import Logging

struct PluginTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Runs a plugin through the protocol, and says what is to be mended.",
        discussion: """
            Tries the handshake, an item that it should do, items that it may refuse, a cancellation, many jobs at once, \
            and the end. Needs no daemon. What the plugin writes to its standard error is shown. Exits with 1 if \
            something is wrong.
            """
    )

    @Argument(help: "The executable.", completion: .file())
    var path: String

    @Flag(help: "It is a source, and no handler.")
    var source = false

    @Option(help: "An item that the plugin can do.")
    var item = "test"

    @Option(help: "What stands under config, as YAML or JSON such as '{quality: 80}'.")
    var config: String?

    @Option(help: "How many jobs are given at once in the check with many jobs.")
    var flood = 1_000

    @Option(help: "How long a check may take, such as 2m. Default: 30s.")
    var timeout: String?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func validate() throws {
        try JobOptionCheck.duration(timeout, "--timeout")
    }

    func run() async throws {
        LoggingSystem.bootstrap { _ in PluginLogHandler() }
        let settings = try PluginTest.Settings(
            path: path, isSource: source, config: config.map { try ConfigurationFile.parse($0, path: "--config") },
            item: item, flood: flood, timeout: timeout.flatMap { Duration(configuration: $0) })
        let isTable = !json
        let report = await PluginTest(settings).run { check in
            // If nobody reads the lines any more, the exit code is still wanted.
            if isTable { try? StandardOutput.printLine(Self.line(check)) }
        }
        if json { try StandardOutput.printJSON(report) }
        if report.checks.contains(where: { $0.problem != nil }) { throw ExitCode(1) }
    }

    private static func line(_ check: PluginTest.Check) -> String {
        check.problem.map { "✘ \(check.name): \($0.printable)" } ?? "✔ \(check.name)"
    }
}

/// Shows on standard error what a plugin logs while it is tested.
private struct PluginLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        printError(String("  \(event.level): \(event.message)".prefix(200)).printable)
    }
}
