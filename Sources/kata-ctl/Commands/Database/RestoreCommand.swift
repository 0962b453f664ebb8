import ArgumentParser
import Glibc
import KataCommand
import KataConfig
import KataSQLite

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Puts a copy in the place of the database, while no daemon runs.",
        discussion: """
            The copy is checked first, and stays. The old database is kept beside the new one, under a name with the time. \
            No daemon can start with either meanwhile.
            """
    )

    @Argument(help: "The copy, as kata-ctl backup made it.", completion: .file())
    var file: String

    @Option(
        help: "The database. Default: kata.db in $STATE_DIRECTORY, or else in the working directory.",
        completion: .file())
    var database: String?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    private struct Answer: Encodable {
        let database: String
        let file: String
        let kept: String?
        let bytes: Int64
    }

    func run() throws {
        let path = try database ?? existingDatabase()
        try checkIsFile(path, insteadUse: "pg_restore")
        if DatabaseFiles.contain(file, of: path) {
            throw UsageError("'\(file)' is the database itself, or belongs to it; name a copy of it")
        }
        let outcome = try SQLiteRestore.restore(file, as: path)
        if json {
            return try StandardOutput.printJSON(
                Answer(database: path, file: file, kept: outcome.kept, bytes: outcome.bytes))
        }
        try StandardOutput.printLine("\(path): restored from \(file), \(outcome.bytes) bytes")
        if let kept = outcome.kept { try StandardOutput.printLine("\(kept): what was there before") }
    }

    /// The usual place, if there is a database: a copy is not put where nobody looks for it.
    private func existingDatabase() throws -> String {
        let path = DefaultPaths().database
        if access(path, F_OK) == 0 { return path }
        throw UsageError("there is no database at '\(path)'; name the one to restore with --database")
    }
}
