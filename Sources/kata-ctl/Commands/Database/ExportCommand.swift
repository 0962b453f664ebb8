public import ArgumentParser
import Foundation
public import Kata
import KataAPI
import KataCommand

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the results, one line an item: consumer ID | queue item.",
        discussion: """
            The lines are in the order of consumption. A file is replaced as a whole, or not at all. Without --database \
            the daemon is asked; with it the file is read, whether a daemon runs or not. As ndjson and csv there are also \
            the job, the run, the attempt and the times, in UTC.
            """
    )

    @OptionGroup var results: ResultOptions

    @Option(help: "A run's number, 'latest' or 'all'.")
    var run = "all"

    @Option(help: "How each result is written.")
    var format = ExportFormat.text

    @Option(name: .shortAndLong, help: "The file to write; '-' is standard output.", completion: .file())
    var output = "-"

    @Flag(help: "Say how many results were written, as JSON; needs --output FILE.")
    var json = false

    func validate() throws {
        try ResultOptions.check(run: run)
        if json && output == "-" {
            throw ValidationError(
                "--json needs --output FILE: the results themselves go to standard output; as JSON with --format ndjson"
            )
        }
    }

    func run() async throws {
        if output == "-" { return try await results.read(run: run, format: format) { try StandardOutput.write($0) } }
        try checkIsNoDatabase(output)
        // Those of an export that was cut short here before.
        try removeLeftovers(in: directoryPath(of: followLinks(output)))
        var count = ResultCount(format: format)
        let file = try AtomicFile(path: output)
        try await results.read(run: run, format: format) { page in
            count.add(page)
            try file.write(page)
        }
        try file.commit()
        if json {
            try StandardOutput.write(Array(JSON.encode(["lines": count.value])) + [UInt8(ascii: "\n")])
        } else {
            try StandardOutput.printLine("\(counted(count.value, "line")) in \(output)")
        }
    }
}

/// How many results there are in an export, by what passes by.
private struct ResultCount {
    private var lines = 0
    /// Whether a cell of a table is open, in which a line break belongs to the item.
    private var isQuoted = false
    private let format: ExportFormat

    init(format: ExportFormat) {
        self.format = format
    }

    var value: Int {
        switch format {
        case .text, .ndjson: lines
        case .csv: max(0, lines - 1)
        }
    }

    mutating func add(_ bytes: [UInt8]) {
        switch format {
        case .text, .ndjson: lines += bytes.count { $0 == UInt8(ascii: "\n") }
        case .csv:
            for byte in bytes {
                if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
                if byte == UInt8(ascii: "\n") && !isQuoted { lines += 1 }
            }
        }
    }
}

extension ExportFormat: ExpressibleByArgument {}
