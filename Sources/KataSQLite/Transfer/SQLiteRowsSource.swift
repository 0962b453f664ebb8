import GRDB
import Kata

/// A database of which everything is read, as it was at one moment.
final class SQLiteRowsSource: StoredRowsSource {
    private let database: Database
    private static let pageSize = 5_000

    init(_ database: Database) {
        self.database = database
    }

    func count(_ table: StoredTable) throws -> Int {
        try SQLStatement("SELECT count(*) FROM \(table.name)", in: database).rows { Int($0.integer(0)) }[0]
    }

    func read(_ table: StoredTable, _ body: (StoredRows) throws -> Void) throws {
        let names = table.columns.map(\.name).joined(separator: ", ")
        let query = try SQLStatement(
            "SELECT \(names) FROM \(table.name) ORDER BY \(table.key.joined(separator: ", "))", in: database)
        var page: [[StoredValue]] = []
        var failure: (any Error)?
        try query.eachRow { row in
            page.append(
                table.columns.enumerated().map { index, column in
                    let index = Int32(index)
                    if row.isNull(index) { return .null }
                    switch column.kind {
                    case .integer, .boolean: return .integer(row.integer(index))
                    case .text: return .text(row.text(index))
                    case .bytes: return .bytes(row.blob(index))
                    }
                })
            if page.count < Self.pageSize { return true }
            do { try body(StoredRows(table: table, rows: page)) } catch { failure = error }
            page = []
            return failure == nil
        }
        if let failure { throw failure }
        if !page.isEmpty { try body(StoredRows(table: table, rows: page)) }
    }
}
