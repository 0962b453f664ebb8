import ArgumentParser
import Foundation
import Kata
import KataCommand
import KataConfig
import KataPlugins

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Makes a configuration of what other programs have.",
        subcommands: [ImportCrontabCommand.self]
    )
}

struct ImportCrontabCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crontab",
        abstract: "Prints the configuration that does what a crontab does.",
        discussion: """
            Changes nothing. What can't be carried over is said on standard error, and in the configuration where it would \
            stand. With - for the file, standard input is read: crontab -l | kata-ctl import crontab -
            """)

    @Argument(help: "The crontab, or - for standard input.", completion: .file())
    var file: String

    @Flag(help: "The lines name a user before the command, as in /etc/crontab and /etc/cron.d.")
    var system = false

    @Option(help: "The zone that its times are of. Default: that of this machine.")
    var timeZone: String?

    @Option(help: "What the pipeline is called.")
    var pipeline = "cron"

    @Flag(help: "As JSON: the configuration as a text, and what can't be carried over.")
    var json = false

    private struct Answer: Encodable {
        struct Note: Encodable {
            let line: Int
            let detail: String
        }

        let configuration: String
        let entries: Int
        let notes: [Note]
    }

    func validate() throws {
        if pipeline.isEmpty || pipeline.utf8.count > 64
            || !pipeline.utf8.allSatisfy({ byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "_.-".utf8.contains(byte)
            })
        {
            throw ValidationError("--pipeline must have 1 to 64 letters, digits, '_', '.' or '-'")
        }
        if let timeZone, TimeZone(identifier: timeZone) == nil {
            throw ValidationError("--time-zone is '\(timeZone)', expected a name such as Europe/Berlin")
        }
    }

    func run() throws {
        let text = try read()
        let crontab = Crontab(
            text, hasUsers: system, timeZone: timeZone ?? TimeZone.current.identifier, pipeline: pipeline)
        let configuration = crontab.configuration
        do {
            _ = try ConfigurationFile.parse(configuration, path: "the configuration")
        } catch {
            // Thousands of brackets that stay open, which no crontab of a person has.
            throw UsageError(
                "the crontab '\(file)' becomes a configuration that Kata does not read: \(error)".printable)
        }
        if json {
            return try StandardOutput.printJSON(
                Answer(
                    configuration: configuration, entries: crontab.entryCount,
                    notes: crontab.notes.map { .init(line: $0.line, detail: $0.text) }))
        }
        try StandardOutput.write(Array(configuration.utf8))
        for note in crontab.notes { printError("\(file):\(note.line): \(note.text)".printable) }
        if crontab.entryCount == 0 {
            printError("kata-ctl: there is no entry in it; is a user named before each command? then give --system")
        }
    }

    private func read() throws -> String {
        if file == "-" {
            let data = FileHandle.standardInput.readDataToEndOfFile()
            guard let text = String(data: data, encoding: .utf8) else { throw UsageError("standard input is no UTF-8") }
            return text
        }
        do {
            return try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw UsageError("the crontab '\(file)' can't be read; name a file of text, or - for standard input")
        }
    }
}
