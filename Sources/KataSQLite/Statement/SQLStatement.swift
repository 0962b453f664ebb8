import GRDB
import GRDBSQLite
import Kata

/// A prepared statement with direct access to its parameters and columns.
///
/// Texts are bound and read with their length, so that they may hold any character, and rows cost no allocation of their
/// own. Like the connection that prepared it, a statement belongs to one thread at a time.
struct SQLStatement {
    private let statement: Statement
    private var pointer: OpaquePointer { statement.sqliteStatement }
    /// Tells SQLite to copy a text before the call returns.
    // SQLite defines SQLITE_TRANSIENT as this cast, which Swift does not import.
    private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    /// - Throws: `DatabaseError` if SQLite can't parse the statement.
    init(_ sql: String, in database: Database) throws {
        statement = try database.cachedStatement(sql: sql)
    }

    /// Sets a parameter, counted from 1. It keeps its value from one run of the statement to the next.
    func bind(_ value: Int64, at index: Int32) {
        sqlite3_bind_int64(pointer, index, value)
    }

    func bind(_ value: String, at index: Int32) {
        var value = value
        value.withUTF8 { bytes in
            let length = Int32(bytes.count)
            bytes.withMemoryRebound(to: CChar.self) { characters in
                if let base = characters.baseAddress {
                    _ = sqlite3_bind_text(pointer, index, base, length, Self.transient)
                } else {
                    _ = sqlite3_bind_text(pointer, index, "", 0, Self.transient)
                }
            }
        }
    }

    func bind(_ value: Int64?, at index: Int32) {
        if let value { bind(value, at: index) } else { bindNull(at: index) }
    }

    func bind(_ value: String?, at index: Int32) {
        if let value { bind(value, at: index) } else { bindNull(at: index) }
    }

    func bind(bytes value: [UInt8], at index: Int32) {
        value.withUnsafeBytes { bytes in
            // Without an address it would be NULL.
            if let base = bytes.baseAddress {
                _ = sqlite3_bind_blob(pointer, index, base, Int32(bytes.count), Self.transient)
            } else {
                _ = sqlite3_bind_zeroblob(pointer, index, 0)
            }
        }
    }

    private func bindNull(at index: Int32) {
        sqlite3_bind_null(pointer, index)
    }

    /// Runs a statement that gives no rows.
    ///
    /// - Throws: `DatabaseError`.
    func execute() throws {
        _ = try step()
        sqlite3_reset(pointer)
    }

    /// Runs a query and turns each row into a value.
    ///
    /// - Parameter goesOn: asked after each value; `false` leaves out the rest.
    /// - Throws: `DatabaseError`.
    func rows<Value>(
        _ value: (SQLStatement) -> Value, while goesOn: (Value) -> Bool = { _ in true }
    ) throws -> [Value] {
        defer { sqlite3_reset(pointer) }
        var values: [Value] = []
        while try step() {
            let next = value(self)
            values.append(next)
            if !goesOn(next) { break }
        }
        return values
    }

    /// Goes through the rows of a query, until there is none left or `body` says `false`.
    ///
    /// - Throws: `DatabaseError`.
    func eachRow(_ body: (SQLStatement) -> Bool) throws {
        defer { sqlite3_reset(pointer) }
        while try step() {
            if !body(self) { return }
        }
    }

    /// A column of the current row, counted from 0; NULL is 0.
    func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(pointer, column)
    }

    /// A column of the current row, counted from 0; NULL is 0.
    func double(_ column: Int32) -> Double {
        sqlite3_column_double(pointer, column)
    }

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(pointer, column) == SQLITE_NULL
    }

    /// A column of the current row, counted from 0; NULL is empty.
    func text(_ column: Int32) -> String {
        String(decoding: bytes(column), as: UTF8.self)
    }

    /// At most `limit` bytes of a column of the current row, counted from 0; NULL is empty. The rest is never copied.
    func text(_ column: Int32, limit: Int) -> CutText {
        CutText(bytes(column), limit: limit)
    }

    /// The bytes of a column of the current row, counted from 0; NULL is empty.
    func blob(_ column: Int32) -> [UInt8] {
        let bytes = sqlite3_column_blob(pointer, column)
        return Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(pointer, column))))
    }

    /// The text of a column, as long as the row is the current one.
    private func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        // The text first, and then its length: SQLite may have to turn the value into a text before.
        let bytes = sqlite3_column_text(pointer, column)
        return UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(pointer, column)))
    }

    /// - Returns: whether there is a row.
    private func step() throws -> Bool {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let connection = sqlite3_db_handle(pointer)
            let extended = sqlite3_extended_errcode(connection)
            let message = String(cString: sqlite3_errmsg(connection))
            sqlite3_reset(pointer)
            throw DatabaseError(
                resultCode: ResultCode(rawValue: extended == 0 ? code : extended), message: message, sql: statement.sql
            )
        }
    }
}
