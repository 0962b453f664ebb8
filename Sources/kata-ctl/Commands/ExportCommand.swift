import ArgumentParser
import Foundation
import Kata
import KataAPI
import KataClient
import KataCommand
import KataSQLite

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the results, one line an item: consumer ID | queue item.",
        discussion: """
            The lines are in the order of consumption. A file is replaced as a whole, or not at all. Without --database \
            the daemon is asked; with it the file is read, whether a daemon runs or not.
            """
    )

    @OptionGroup var daemon: SocketOption

    @Option(help: "Only this pipeline. Default: all.")
    var pipeline: String?

    @Option(help: "A run's number, 'latest' or 'all'.")
    var run = "all"

    @Option(help: "The file to write; '-' is standard output.")
    var output = "-"

    @Option(help: "Read this database instead of asking the daemon.")
    var database: String?

    @Flag(help: "Say how many lines were written, as JSON; needs --output FILE.")
    var json = false

    func validate() throws {
        guard ResultSelection.Runs(run) != nil else {
            throw ValidationError("--run must be a number, 'latest' or 'all'")
        }
        if json && output == "-" {
            throw ValidationError("--json needs --output FILE: the lines themselves go to standard output")
        }
    }

    func run() async throws {
        if let database {
            let runs = ResultSelection.Runs(run) ?? .all
            let selection = ResultSelection(pipeline: pipeline, runs: runs)
            try await write(ResultPages(selection, in: SQLiteReader(path: database)))
        } else {
            try await write(daemon.client.export(pipeline: pipeline, run: run))
        }
    }

    private func write(_ pages: some AsyncSequence<[UInt8], any Error>) async throws {
        if output == "-" {
            for try await page in pages { try StandardOutput.write(page) }
            return
        }
        if DatabaseFiles.contain(output) {
            throw UsageError("'\(output)' is a database, or belongs to one; name another file")
        }
        var lines = 0
        let file = try AtomicFile(path: output)
        for try await page in pages {
            lines += page.count { $0 == UInt8(ascii: "\n") }
            try file.write(page)
        }
        try file.commit()
        if json {
            try StandardOutput.write(Array(JSON.encode(["lines": lines])) + [UInt8(ascii: "\n")])
        } else {
            try StandardOutput.printLine("\(lines) lines in \(output)")
        }
    }
}
