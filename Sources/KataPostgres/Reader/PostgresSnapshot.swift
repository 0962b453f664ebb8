import Kata

/// One state of the tables: what was committed before the first statement. Valid as long as it is read.
final class PostgresSnapshot {
    private let connection: PostgresConnection
    private var hasBegun = false
    /// What is said before the first query.
    private var settings: [PostgresStatement] = []

    init(_ connection: PostgresConnection) {
        self.connection = connection
    }

    /// Has the server go along indexes only, whatever it has counted of the tables.
    func keepToIndexes() {
        settings = [
            PostgresStatement(
                "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), "
                    + "set_config('enable_mergejoin', 'off', true)")
        ]
    }

    /// Runs a query and turns each row into a value. The first one costs no round trip of its own for the beginning.
    ///
    /// - Parameter goesOn: asked after each value; `false` leaves out the rest.
    /// - Throws: ``PostgresError``.
    func rows<Value>(
        _ sql: String, _ values: [PostgresValue] = [], _ value: (PostgresRow) -> Value,
        while goesOn: (Value) -> Bool = { _ in true }
    ) throws -> [Value] {
        let query = PostgresStatement(sql, values)
        let results = try connection.send(
            hasBegun ? [query] : [Self.begin, connection.settings.searchPath] + settings + [query])
        hasBegun = true
        return results[results.count - 1].rows(value, while: goesOn)
    }

    /// Ends the transaction, if there is one.
    ///
    /// - Throws: ``PostgresError``.
    func end() throws {
        if hasBegun { try connection.send([Self.commit]) }
    }

    /// Ends the transaction after an error that has nothing to do with the server.
    ///
    /// - Returns: whether the connection can be used further.
    func rollBack() -> Bool {
        (try? end()) != nil
    }

    private static let begin = PostgresStatement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    private static let commit = PostgresStatement("COMMIT")
}
