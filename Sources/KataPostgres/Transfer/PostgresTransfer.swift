package import Kata

/// Moving all that a PostgreSQL database holds to another store, or the other way round.
public enum PostgresTransfer {
    /// Reads a database that no daemon works with, which stays as it is.
    ///
    /// - Throws: ``PostgresOpenError``; ``StoreFailure``; what `body` threw.
    package static func read<Result>(
        _ address: PostgresAddress, schema: String, _ body: (any StoredRowsSource) throws -> Result
    ) throws -> Result {
        try withConnection(address, schema) { connection in
            defer { _ = try? connection.send([PostgresStatement("ROLLBACK")]) }
            let results = try connection.send([
                PostgresStatement("BEGIN ISOLATION LEVEL REPEATABLE READ"),
                // Keeps daemons from beginning a session meanwhile. Before anything is read, which fixes what is seen.
                PostgresStatement("LOCK TABLE \(connection.settings.quotedSchema).session IN SHARE ROW EXCLUSIVE MODE"),
                connection.settings.searchPath,
                PostgresStatement("SELECT node FROM session WHERE ended_at IS NULL AND expires_at > clock_timestamp()"),
            ])
            if let node = results[3].rows({ $0.text(0) }).first {
                throw PostgresOpenError.taken(address.shown, node: node)
            }
            return try body(PostgresRowsStore(connection))
        }
    }

    /// Makes a schema of what is moved there, in one transaction.
    ///
    /// - Throws: ``PostgresOpenError`` if there is one of Kata's; ``StoreFailure``; what `body` threw.
    package static func write<Result>(
        _ address: PostgresAddress, schema: String, _ body: (any StoredRowsTarget) throws -> Result
    ) throws -> Result {
        try withConnection(address, schema) { connection in
            try Schema.make(connection)
            do {
                return try body(PostgresRowsStore(connection))
            } catch {
                _ = try? connection.send([PostgresStatement("ROLLBACK")])
                throw error
            }
        }
    }

    private static func withConnection<Result>(
        _ address: PostgresAddress, _ schema: String, _ body: (PostgresConnection) throws -> Result
    ) throws -> Result {
        // A table of millions of rows is sorted, or searched for the largest id, before there is an answer.
        let settings = PostgresSettings(address: address, schema: schema, answerTimeout: .seconds(3_600))
        do {
            return try body(PostgresConnection(settings))
        } catch let error as PostgresError {
            throw PostgresOpenError(error, at: address) ?? StoreFailure(error, at: address) as any Error
        } catch let error as LibPQUnavailable {
            throw PostgresOpenError.noLibrary(reason: "\(error)")
        }
    }
}
