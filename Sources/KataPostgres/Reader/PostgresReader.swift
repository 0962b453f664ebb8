public import Kata

/// Reads Kata's tables in a PostgreSQL database. Each call sees one state of them: what was committed before the call.
public struct PostgresReader: JobStoreReader {
    let connections: ReadingConnections

    init(connections: ReadingConnections) {
        self.connections = connections
    }

    /// Reads a database that daemons may be using.
    ///
    /// - Parameter schema: where the tables are.
    /// - Throws: ``PostgresOpenError``; ``StoreFailure`` if it can't be had now.
    public init(_ address: PostgresAddress, schema: String = "kata") throws {
        let settings = PostgresSettings(address: address, schema: schema)
        do {
            let connection = try PostgresConnection(settings)
            let version = try connection.send([
                PostgresStatement("BEGIN READ ONLY"), settings.searchPath,
                PostgresStatement("SELECT max(version) FROM schema_version"), PostgresStatement("COMMIT"),
            ])[2].rows { Int($0.integer(0)) }[0]
            if version > Schema.version { throw PostgresOpenError.newer(schema: schema, version: version) }
        } catch let error as PostgresError {
            throw PostgresOpenError(error, at: address) ?? StoreFailure(error, at: address) as any Error
        } catch let error as LibPQUnavailable {
            throw PostgresOpenError.noLibrary(reason: "\(error)")
        }
        connections = ReadingConnections(settings)
    }

    /// Reads with one statement.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    func rows<Value: Sendable>(
        _ sql: String, _ values: [PostgresValue] = [], _ value: @escaping @Sendable (PostgresRow) -> Value,
        while goesOn: @escaping @Sendable (Value) -> Bool = { _ in true }
    ) async throws -> [Value] {
        try await connections.read { snapshot in try snapshot.rows(sql, values, value, while: goesOn) }
    }

    /// Reads with several statements, which all see the same.
    ///
    /// - Throws: ``StoreFailure``; `CancellationError`.
    func read<Value: Sendable>(_ body: @escaping @Sendable (PostgresSnapshot) throws -> Value) async throws -> Value {
        try await connections.read(body)
    }
}
