import Kata
import KataTestSupport
import Testing

@testable import KataPostgres

@Suite("The tables that are moved")
struct StoredTableTests {
    @Test("are all that there are, with all of their columns and their kinds")
    func complete() throws {
        let server = try PostgresServer.shared.get()
        let settings = PostgresSettings(
            address: try #require(PostgresAddress(server.address)), schema: server.newSchema())
        let connection = try PostgresConnection(settings)
        try Schema.migrate(connection)
        let rows = try connection.send([
            PostgresStatement(
                """
                SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns
                JOIN information_schema.tables USING (table_schema, table_name)
                WHERE table_schema = $1 AND table_type = 'BASE TABLE'
                """, [.text(settings.schema)])
        ])[0].rows { ($0.text(0), $0.text(1), $0.text(2)) }
        // These are of the database itself, and of the daemons that work with it.
        let own = ["session", "schema_version", "claim", "job_node", "turn", "node_pipeline"]
        let found = Set(
            rows.filter { !own.contains($0.0) && !["version", "source_node"].contains($0.1) }
                .map { "\($0.0).\($0.1) \(kind($0.2))" })
        let known = Set(
            StoredTable.all.flatMap { table in table.columns.map { "\(table.name).\($0.name) \($0.kind)" } })
        #expect(found.subtracting(known).isEmpty)
        #expect(known.subtracting(found).isEmpty)
    }

    private func kind(_ type: String) -> StoredTable.Kind {
        switch type {
        case "text": .text
        case "boolean": .boolean
        case "bytea": .bytes
        default: .integer
        }
    }
}
