import Glibc
import Kata

/// Checks that a path is nothing yet, or a file that may be a database, can be written, and is this user's alone to write.
///
/// SQLite takes a short file of anything else for an empty database and would write over it.
///
/// - Throws: ``SQLiteOpenError``; ``StoreFailure`` on a file system that takes no writes.
func checkIsUsable(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { return try checkLogBelongs(to: path) }
    try checkIsReadable(path)
    if access(path, W_OK) != 0 {
        if errno == EROFS { throw StoreFailure(readOnly: path) }
        throw SQLiteOpenError.notWritable(path: path)
    }
    for ending in ["", "-wal", "-shm"] {
        // The database may be named by a link. SQLite makes none of the other files one.
        let isThere = ending.isEmpty ? stat(path, &status) == 0 : lstat(path + ending, &status) == 0
        if !isThere { continue }
        try checkOwner(status, path: path + ending, user: geteuid())
    }
    guard stat(path, &status) == 0 else { return }
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
    try checkLogBelongs(to: path)
}

/// Checks that a file belongs to that user, and is nobody else's to write. Root may use what belongs to others.
///
/// - Throws: ``SQLiteOpenError``.
func checkOwner(_ status: stat, path: String, user: uid_t) throws {
    if status.st_mode & S_IFMT == S_IFLNK { throw SQLiteOpenError.notAFile(path: path) }
    if status.st_uid != user && user != 0 { throw SQLiteOpenError.foreignOwner(path: path) }
    if status.st_mode & (S_IWGRP | S_IWOTH) != 0 { throw SQLiteOpenError.writableByOthers(path: path) }
}

/// Checks, as far as that can be told, that the write-ahead log beside a database is its own. SQLite would write the pages
/// of any other into it.
///
/// - Throws: ``SQLiteOpenError/foreignLog(path:)``.
func checkLogBelongs(to path: String) throws {
    guard let log = firstBytes(of: path + "-wal", count: 32), log.count == 32 else { return }
    // A log is only ever made beside a database that says in its first page that it has one. A copy does not say so.
    guard let header = firstBytes(of: path, count: 20), header.count == 20, header[18] == 2, header[19] == 2 else {
        throw SQLiteOpenError.foreignLog(path: path)
    }
    // A page of 64 KiB is written as 1 in the database.
    let pageSize = Int(header[16]) << 8 | Int(header[17])
    let logPageSize = log[8..<12].reduce(0) { $0 << 8 | Int($1) }
    if logPageSize != 0 && logPageSize != (pageSize == 1 ? 65_536 : pageSize) {
        throw SQLiteOpenError.foreignLog(path: path)
    }
}
