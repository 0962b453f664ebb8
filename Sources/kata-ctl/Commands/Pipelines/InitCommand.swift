import ArgumentParser
import Glibc
import Kata
import KataAPI
import KataCommand

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a configuration that works, to begin with.",
        discussion: """
            kata: the exercise, 100 items in 1.1 seconds.
            commands: each job brings its command.
            inbox: jobs that are submitted, each given to a program.
            spool: files that are moved into a directory.
            schedule: jobs at certain times.
            webhook: each job is sent to a URL.
            """
    )

    @Argument(help: "What for: kata, commands, inbox, spool, schedule or webhook.")
    var kind = SampleConfiguration.kata

    @Option(
        name: .shortAndLong, help: "The file to write, which must not be there yet; '-' is standard output.",
        completion: .file(extensions: ["yaml"]))
    var output = "kata.yaml"

    @Flag(help: "As JSON; needs a file.")
    var json = false

    private struct Answer: Encodable {
        let file: String
        let kind: String
        let next: [String]
    }

    func validate() throws {
        if json && output == "-" {
            throw ValidationError("--json needs a file: the configuration itself goes to standard output")
        }
    }

    func run() throws {
        if output == "-" { return try StandardOutput.write(Array(kind.text.utf8)) }
        try write()
        let next = kind.next(output)
        if json { return try StandardOutput.printJSON(Answer(file: output, kind: kind.rawValue, next: next)) }
        try StandardOutput.printLine(
            "\(output): a configuration for \(kind.purpose)\n\nNext:\n" + next.map { "  \($0)" }.joined(separator: "\n")
        )
    }

    /// Writes the file, and never over another one.
    private func write() throws {
        let file = open(output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        if file < 0 && errno == EEXIST {
            throw UsageError("'\(output)' is there already and is left as it is; name another one with --output")
        }
        if file < 0 { throw FileError(path: output, operation: "create", code: errno) }
        defer { close(file) }
        let bytes = Array(kind.text.utf8)
        if Glibc.write(file, bytes, bytes.count) != bytes.count {
            throw FileError(path: output, operation: "write", code: errno)
        }
    }
}
