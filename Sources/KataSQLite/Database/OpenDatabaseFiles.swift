import Glibc
import Kata

/// The files of a database as they were when it was opened.
///
/// SQLite goes on with files that were moved or removed, and what it commits then is not there after a restart.
struct OpenDatabaseFiles {
    private let path: String
    private let logPath: String
    private let database: FileIdentity?
    /// The write-ahead log is made with the first commit.
    private var log: FileIdentity?

    /// - Parameter path: of a database that is open.
    init(path: String) {
        self.path = path
        logPath = path + "-wal"
        database = FileIdentity(of: path)
        log = FileIdentity(of: logPath)
    }

    /// Checks after a commit that it is in the files that a restart would find. Only the identity is asked for: to ask for all
    /// that there is to know of a file makes the next commit slower.
    ///
    /// - Throws: ``StoreFailure``.
    mutating func check() throws {
        let current = FileIdentity(of: logPath)
        if log == nil { log = current }
        if FileIdentity(of: path) != database || current != log { throw StoreFailure(movedFrom: path) }
    }
}
