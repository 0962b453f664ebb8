import GRDB
import Kata

/// Copies a Kata database while a daemon may be using it.
public enum SQLiteBackup {
    /// Writes a copy that is checked and durable before it gets its name. A daemon that writes to the database is not
    /// held up.
    ///
    /// Blocks.
    ///
    /// - Throws: ``SQLiteOpenError``; ``StoreFailure``; ``FileError``.
    public static func write(of path: String, to copyPath: String) throws {
        _ = try SQLiteReader(path: path)
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            try DatabaseCopy.write(of: DatabaseQueue(path: path, configuration: configuration), to: copyPath)
        } catch let error as DatabaseError {
            throw StoreFailure(error, path: copyPath)
        }
    }
}
