import GRDB

/// Checks that a database is Kata's and not from a later version, without changing it.
///
/// - Returns: the version of its schema; 0 for a database that holds nothing.
/// - Throws: ``SQLiteOpenError``.
func checkIsKata(_ database: Database, path: String, isEmptyAllowed: Bool) throws -> Int {
    let applicationID = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    if isEmptyAllowed && applicationID == 0 && version == 0, try Schema.isMissing(in: database) { return 0 }
    guard applicationID == Schema.applicationID else { throw SQLiteOpenError.foreign(path: path) }
    guard version <= Schema.version else { throw SQLiteOpenError.newer(path: path, version: version) }
    return version
}
