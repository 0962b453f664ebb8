import GRDB
import Glibc

/// Checks that a path is nothing yet, or a file that may be a database and can be written.
///
/// SQLite takes a short file of anything else for an empty database and would write over it.
///
/// - Throws: ``SQLiteOpenError``.
public func checkIsUsable(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    try checkIsReadable(path)
    if access(path, W_OK) != 0 { throw SQLiteOpenError.permissionDenied(path: path) }
    // The lock goes by the name of the database.
    if status.st_nlink > 1 { throw SQLiteOpenError.severalNames(path: path) }
}

/// Checks that a path is a file that may be a database and can be read.
///
/// - Throws: ``SQLiteOpenError``.
func checkIsReadable(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
        throw errno == ENOENT ? SQLiteOpenError.missing(path: path) : .permissionDenied(path: path)
    }
    if status.st_mode & S_IFMT != S_IFREG { throw SQLiteOpenError.notAFile(path: path) }
    guard let beginning = FileBeginning(of: path) else { throw SQLiteOpenError.permissionDenied(path: path) }
    if beginning == .other { throw SQLiteOpenError.notADatabase(path: path) }
}

/// What a file looks like from its first bytes.
enum FileBeginning {
    case empty, database, other

    /// - Returns: `nil` if the file can't be read.
    init?(of path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let header = Array("SQLite format 3\0".utf8)
        var bytes = [UInt8](repeating: 0, count: header.count)
        let count = read(descriptor, &bytes, bytes.count)
        self = count == 0 ? .empty : bytes == header ? .database : .other
    }
}

/// Checks that a database is Kata's and not from a later version, without changing it.
///
/// - Returns: the version of its schema; 0 for an empty database.
/// - Throws: ``SQLiteOpenError``.
func checkIsKata(_ database: Database, path: String, isEmptyAllowed: Bool) throws -> Int {
    let applicationID = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
    if isEmpty && isEmptyAllowed && applicationID == 0 && version == 0 { return 0 }
    guard applicationID == Schema.applicationID else { throw SQLiteOpenError.foreign(path: path) }
    guard version <= Schema.version else { throw SQLiteOpenError.newer(path: path, version: version) }
    return version
}
