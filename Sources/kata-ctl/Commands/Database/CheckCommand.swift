import ArgumentParser
import Glibc
import KataAPI
import KataClient
import KataCommand
import KataConfig
import KataSQLite

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Looks whether the database is whole, and changes nothing.",
        discussion: """
            Looks at all pages, indices and references, and compares what the tables say. Works while the daemon does, which \
            it does not hold up, and on a stopped daemon's database. Exits with 0 if all is well, or else with 65.
            """
    )

    @OptionGroup var daemon: SocketOption

    @Option(
        help: """
            The database. Default: that of the running daemon; if none runs, kata.db in $STATE_DIRECTORY, or else in the \
            working directory.
            """,
        completion: .file())
    var database: String?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() async throws {
        let path = if let database { database } else { try await usualDatabase() }
        try checkIsFile(path, insteadUse: "pg_amcheck")
        let report = try DatabaseCheck.run(path: path)
        if json {
            try StandardOutput.printJSON(CheckAnswer(report))
        } else {
            try StandardOutput.printLine(CheckText(report).lines.joined(separator: "\n"))
        }
        if !report.isSound { throw ExitCode(SystemExit.dataFault.rawValue) }
    }

    private func usualDatabase() async throws -> String {
        do {
            return try await daemon.client.status().database
        } catch let error as ControlClientError {
            // Who checks a database may do so because the daemon does not start.
            let path = DefaultPaths().database
            guard case .notReachable = error, daemon.socket == nil, access(path, F_OK) == 0 else { throw error }
            return path
        }
    }
}

/// A report as JSON.
private struct CheckAnswer: Encodable {
    private struct Part: Encodable {
        let name: String
        let ok: Bool
        let faults: [String]
        let more: Bool
    }

    private let database: String
    private let ok: Bool
    private let schema: Int
    private let bytes: Int64
    private let compared: Bool
    private let checks: [Part]

    init(_ report: DatabaseReport) {
        database = report.path
        ok = report.isSound
        schema = report.schema
        bytes = report.bytes
        compared = report.isCompared
        checks = report.parts.map {
            Part(name: $0.name, ok: $0.faults.isEmpty, faults: $0.faults, more: $0.hasMore)
        }
    }
}
