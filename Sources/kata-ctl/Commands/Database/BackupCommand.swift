import ArgumentParser
import Glibc
import Kata
import KataAPI
import KataClient
import KataCommand
import KataSQLite

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies the database to a file, while the daemon works.",
        discussion:
            "The copy is checked and safe on the disk before it gets its name. To restore it, stop katad and use kata-ctl restore."
    )

    @OptionGroup var daemon: SocketOption

    @Argument(help: "The file to write; it is replaced if it is there.", completion: .file())
    var file: String

    @Option(help: "The database. Default: that of the running daemon.", completion: .file())
    var database: String?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    private struct Answer: Encodable {
        let file: String
        let database: String
        let bytes: Int
    }

    func run() async throws {
        let path = if let database { database } else { try await daemon.client.status().database }
        try checkIsFile(path, insteadUse: "pg_dump, or what copies that server's databases")
        if DatabaseFiles.contain(file, of: path) {
            throw UsageError("'\(file)' is the database itself, or belongs to it; name another file")
        }
        try SQLiteBackup.write(of: path, to: file)
        var status = stat()
        let bytes = stat(file, &status) == 0 ? Int(status.st_size) : 0
        if json { return try StandardOutput.printJSON(Answer(file: file, database: path, bytes: bytes)) }
        try StandardOutput.printLine("\(file): a checked copy of \(path), \(counted(bytes, "byte"))")
    }
}
