import GRDB
import Kata
import KataTestSupport
import Testing

@testable import KataSQLite

@Suite("The tables that are moved from an SQLite file")
struct StoredTableTests {
    @Test("are all that there are, with all of their columns")
    func complete() throws {
        let directory = try TemporaryDirectory()
        try SQLiteJobStore(path: directory.path("kata.db")).close()
        let found = try DatabaseQueue(path: directory.path("kata.db")).read { database in
            try Set(
                String.fetchAll(
                    database,
                    sql: """
                        SELECT tables.name || '.' || columns.name || ' ' || columns.type
                        FROM pragma_table_list AS tables JOIN pragma_table_info(tables.name) AS columns
                        WHERE tables.type = 'table' AND tables.schema = 'main'
                            AND tables.name NOT LIKE 'sqlite_%' AND tables.name <> 'grdb_migrations'
                        """))
        }
        let known = Set(
            StoredTable.all.flatMap { table in table.columns.map { "\(table.name).\($0.name) \(type($0.kind))" } })
        // The place of a piece tells it apart already.
        #expect(found.subtracting(known) == ["job_output_piece.id INTEGER"])
        #expect(known.subtracting(found).isEmpty)
    }

    private func type(_ kind: StoredTable.Kind) -> String {
        switch kind {
        case .text: "TEXT"
        case .bytes: "BLOB"
        case .integer, .boolean: "INTEGER"
        }
    }
}
