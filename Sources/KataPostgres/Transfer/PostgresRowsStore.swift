import Kata

/// The tables of a schema as rows to be moved, within one transaction.
final class PostgresRowsStore: StoredRowsTarget {
    private let connection: PostgresConnection
    private static let pageSize = 5_000

    init(_ connection: PostgresConnection) {
        self.connection = connection
    }

    func count(_ table: StoredTable) throws -> Int {
        try connection.send([PostgresStatement("SELECT count(*) FROM \(table.name)")])[0]
            .rows { Int($0.integer(0)) }[0]
    }

    func read(_ table: StoredTable, _ body: (StoredRows) throws -> Void) throws {
        let names = table.columns.map(\.name).joined(separator: ", ")
        try connection.send([
            PostgresStatement(
                """
                DECLARE transfer NO SCROLL CURSOR FOR
                SELECT \(names) FROM \(table.name) ORDER BY \(table.key.joined(separator: ", "))
                """)
        ])
        while true {
            let rows = try connection.send([PostgresStatement("FETCH \(Self.pageSize) FROM transfer")])[0].rows { row in
                table.columns.enumerated().map { Self.value($1.kind, row, Int32($0)) }
            }
            if rows.isEmpty { break }
            try body(StoredRows(table: table, rows: rows))
        }
        try connection.send([PostgresStatement("CLOSE transfer")])
    }

    private static func value(_ kind: StoredTable.Kind, _ row: PostgresRow, _ column: Int32) -> StoredValue {
        if row.isNull(column) { return .null }
        switch kind {
        case .integer, .boolean: return .integer(row.integer(column))
        case .text: return .text(row.text(column))
        case .bytes: return .bytes(row.blob(column))
        }
    }

    func write(_ rows: StoredRows) throws {
        let columns = rows.table.columns
        let arrays = columns.indices.map { "$\($0 + 1)::\(columns[$0].kind.array)" }.joined(separator: ", ")
        let places = columns.indices.map { "c\($0)" }
        let values = zip(columns, places).map { $0.kind == .boolean ? "\($1) <> 0" : $1 }
        try connection.send([
            PostgresStatement(
                """
                INSERT INTO \(rows.table.name) (\(columns.map(\.name).joined(separator: ", ")))
                SELECT \(values.joined(separator: ", ")) FROM unnest(\(arrays)) AS rows (\(places.joined(separator: ", ")))
                """, columns.indices.map { index in Self.array(columns[index].kind, rows.rows.map { $0[index] }) })
        ])
    }

    private static func array(_ kind: StoredTable.Kind, _ values: [StoredValue]) -> PostgresValue {
        switch kind {
        case .integer, .boolean: .integers(values.map { if case .integer(let value) = $0 { value } else { nil } })
        case .text: .texts(values.map { if case .text(let text) = $0 { text } else { nil } })
        case .bytes: .byteArrays(values.map { if case .bytes(let bytes) = $0 { bytes } else { nil } })
        }
    }

    /// Has ids go on behind those that were moved, and commits.
    func finish() throws {
        let identities = ["pipeline", "run", "attempt", "job_output"].map { table in
            "SELECT setval(pg_get_serial_sequence('\(table)', 'id'), coalesce(max(id), 0) + 1, false) FROM \(table)"
        }
        let sequences = ["job", "result"].map { table in
            "SELECT setval('\(table)_id', coalesce(max(id), 0) + 1, false) FROM \(table)"
        }
        try connection.send((identities + sequences + ["COMMIT"]).map { PostgresStatement($0) })
        // The server knows nothing of the rows yet, and would look for them in bad ways. It will count them by itself some time, so a
        // failure is none of the transfer.
        _ = try? connection.send(
            [PostgresStatement("BEGIN"), connection.settings.searchPath]
                + StoredTable.all.map { PostgresStatement("ANALYZE \($0.name)") } + [PostgresStatement("COMMIT")])
    }
}

extension StoredTable.Kind {
    fileprivate var array: String {
        switch self {
        case .integer, .boolean: "bigint[]"
        case .text: "text[]"
        case .bytes: "bytea[]"
        }
    }
}
