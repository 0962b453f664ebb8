import ArgumentParser
import Glibc
import Kata
import KataCommand
import KataPostgres
import KataSQLite

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Moves all jobs from an SQLite file to a PostgreSQL database, or back.",
        discussion: """
            No daemon may work with either of them meanwhile. Everything is copied with its ids, and then compared; before \
            that nobody sees the new one, and the old one stays as it is. Afterwards name the new one in the configuration.
            """
    )

    @Option(help: "The database to read: a file, or 'postgres://USER@HOST/DATABASE'.", completion: .file())
    var from: String

    @Option(
        help: "The database to make: a file that is not there, or 'postgres://USER@HOST/DATABASE'.", completion: .file()
    )
    var to: String

    @Option(help: "The schema in the PostgreSQL database.")
    var databaseSchema = "kata"

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    private struct Answer: Encodable {
        let from: String
        let to: String
        let jobs: Int
        let results: Int
        let rows: Int
        let seconds: Double
    }

    func validate() throws {
        if (PostgresAddress(from) == nil) == (PostgresAddress(to) == nil) {
            throw ValidationError(
                "one of --from and --to is to be a file, and the other one 'postgres://USER@HOST/DATABASE'")
        }
    }

    func run() async throws {
        let progress = ProgressLine(isShown: !json && isatty(STDERR_FILENO) == 1)
        let clock = PreciseClock()
        let start = clock.now
        // On a thread of its own, as it blocks.
        let outcome = try await onThread(named: "kata-migrate") { [self] in
            defer { progress.end() }
            return try reading { source in
                try writing { target in
                    try StoreTransfer(from: source, to: target) { progress.show($0) }.run()
                }
            }
        }
        let rows = outcome.rows.reduce(0) { $0 + $1.count }
        let seconds = Double(start.duration(to: clock.now).milliseconds) / 1_000
        if json {
            return try StandardOutput.printJSON(
                Answer(
                    from: shown(from), to: shown(to), jobs: outcome.count(of: "job"),
                    results: outcome.count(of: "result"),
                    rows: rows, seconds: seconds))
        }
        try StandardOutput.printLine(
            "\(shown(to)): \(counted(outcome.count(of: "job"), "job")) with \(counted(outcome.count(of: "result"), "result")), "
                + "copied and compared in \(Duration.milliseconds(Int64(seconds * 1_000)).formattedSeconds) s; name it as the database "
                + "in the configuration")
    }

    private func shown(_ database: String) -> String { PostgresAddress(database)?.shown ?? database }

    private func reading<Result>(_ body: (any StoredRowsSource) throws -> Result) throws -> Result {
        if let address = PostgresAddress(from) {
            return try PostgresTransfer.read(address, schema: databaseSchema, body)
        }
        return try SQLiteTransfer.read(from, body)
    }

    private func writing<Result>(_ body: (any StoredRowsTarget) throws -> Result) throws -> Result {
        if let address = PostgresAddress(to) {
            return try PostgresTransfer.write(address, schema: databaseSchema, body)
        }
        return try SQLiteTransfer.write(to, body)
    }
}

/// A line on standard error that tells how far something has come.
private final class ProgressLine: Sendable {
    private let isShown: Bool

    init(isShown: Bool) {
        self.isShown = isShown
    }

    func show(_ progress: StoreTransfer.Progress) {
        if !isShown { return }
        let share = progress.total == 0 ? 1 : Double(progress.done) / Double(progress.total)
        let width = 30
        let bar = String(repeating: "█", count: Int(share * Double(width)))
        write(
            "\r\(progress.step.paddedRight(to: 9)) \(bar.paddedRight(to: width)) \(Int(share * 100)) % \(progress.table)\u{1B}[K"
        )
    }

    func end() {
        if isShown { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
