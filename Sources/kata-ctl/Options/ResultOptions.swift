import ArgumentParser
import Kata
import KataClient
import KataCommand
import KataPostgres
import KataSQLite

/// Where results are read, and of which pipeline.
struct ResultOptions: ParsableArguments {
    @OptionGroup var daemon: SocketOption

    @Option(help: "Only this pipeline. Default: all.", completion: .pipelineNames)
    var pipeline: String?

    @Option(
        help: "Read this database, a file or 'postgres://USER@HOST/DATABASE', instead of asking the daemon.",
        completion: .file())
    var database: String?

    @Option(help: "The schema in a PostgreSQL database.")
    var databaseSchema = "kata"

    /// Reads results in the order of consumption, line by line. An item that has line breaks is one line all the same.
    ///
    /// - Parameter run: a run's number, `latest` or `all`.
    func readLines(run: String, _ line: (ArraySlice<UInt8>) throws -> Void) async throws {
        var rest: [UInt8] = []
        try await read(run: run, format: .ndjson) { bytes in
            rest += bytes
            var start = 0
            while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                try line(rest[start..<end])
                start = end + 1
            }
            rest.removeFirst(start)
        }
    }

    /// Reads results in the order of consumption, in pieces that end anywhere.
    ///
    /// - Parameter run: a run's number, `latest` or `all`.
    func read(run: String, format: ExportFormat, _ page: ([UInt8]) throws -> Void) async throws {
        if let database {
            let selection = ResultSelection(pipeline: pipeline, runs: ResultSelection.Runs(run) ?? .all)
            for try await bytes in try await ResultPages(selection, in: reader(of: database), format: format) {
                try page(bytes)
            }
        } else {
            // The flat file is what a daemon gives that knows no formats.
            let format = format == .text ? nil : format.rawValue
            for try await bytes in try await daemon.client.export(pipeline: pipeline, run: run, format: format) {
                try page(bytes)
            }
        }
    }

    static func check(run: String) throws {
        guard ResultSelection.Runs(run) != nil else {
            throw ValidationError("--run must be a number, 'latest' or 'all'")
        }
    }

    private func reader(of database: String) throws -> any JobStoreReader {
        if let address = PostgresAddress(database) { return try PostgresReader(address, schema: databaseSchema) }
        return try SQLiteReader(path: database)
    }
}
