import Kata

/// The tables and views of Kata in a PostgreSQL schema of its own.
///
/// Times are milliseconds since 1970 in the tables and ISO 8601 in the views. Users read the views; the tables may change.
/// Migrations are only ever added: a released one is not changed.
enum Schema {
    /// How many migrations there are, as the table `schema_version` has it.
    static var version: Int { migrations.count }

    private static let migrations: [[String]] = [tables + sessions + functions + views, nodes]

    /// Brings the schema to the current version, or makes it. It is one transaction, and two daemons that start at the same time do it
    /// one after the other.
    ///
    /// - Throws: ``PostgresError``; ``PostgresOpenError``.
    static func migrate(_ connection: PostgresConnection) throws {
        let name = connection.settings.schema
        do {
            try connection.send([
                PostgresStatement("BEGIN READ WRITE"),
                PostgresStatement("SELECT pg_advisory_xact_lock(hashtextextended('kata schema', 0))"),
            ])
            let isThere =
                try connection.send([
                    PostgresStatement("SELECT 1 FROM pg_namespace WHERE nspname = $1", [.text(name)])
                ])[0].count > 0
            if !isThere { try create(connection) }
            try connection.send([connection.settings.searchPath])
            let version = try self.version(connection)
            if version > self.version { throw PostgresOpenError.newer(schema: name, version: version) }
            if version < self.version { try migrate(connection, from: version) }
            try connection.send([PostgresStatement("COMMIT")])
        } catch {
            // The first error says more.
            _ = try? connection.send([PostgresStatement("ROLLBACK")])
            throw error
        }
    }

    private static func create(_ connection: PostgresConnection) throws {
        let settings = connection.settings
        do {
            try connection.send([PostgresStatement("CREATE SCHEMA \(settings.quotedSchema)")])
        } catch let error as PostgresError where error.state == "42501" {
            throw PostgresOpenError.permissionDenied(
                settings.address.shown,
                reason:
                    "\(error.message); make the schema for this user: CREATE SCHEMA \(settings.quotedSchema) AUTHORIZATION …"
            )
        }
    }

    /// Makes a new schema, in a transaction that stays open.
    ///
    /// - Throws: ``PostgresError``; ``PostgresOpenError`` if there is one of Kata's with that name.
    static func make(_ connection: PostgresConnection) throws {
        let settings = connection.settings
        try connection.send([
            PostgresStatement("BEGIN READ WRITE"),
            PostgresStatement("SELECT pg_advisory_xact_lock(hashtextextended('kata schema', 0))"),
            PostgresStatement("CREATE SCHEMA IF NOT EXISTS \(settings.quotedSchema)"), settings.searchPath,
        ])
        if try version(connection) > 0 {
            throw PostgresOpenError.unfit(
                settings.address.shown,
                reason: "its schema '\(settings.schema)' holds jobs of Kata's already; name another")
        }
        try migrate(connection, from: 0)
    }

    /// The version of the schema; 0 if it holds nothing of Kata's.
    private static func version(_ connection: PostgresConnection) throws -> Int {
        let isThere =
            try connection.send([
                PostgresStatement(
                    "SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace "
                        + "WHERE nspname = $1 AND relname = 'schema_version'", [.text(connection.settings.schema)])
            ])[0].count > 0
        if !isThere { return 0 }
        return try connection.send([PostgresStatement("SELECT max(version) FROM schema_version")])[0]
            .rows { Int($0.integer(0)) }[0]
    }

    private static func migrate(_ connection: PostgresConnection, from version: Int) throws {
        var statements: [String] = []
        if version == 0 {
            statements.append(
                """
                CREATE TABLE schema_version (
                    version integer PRIMARY KEY,
                    migrated_at timestamptz NOT NULL DEFAULT clock_timestamp()
                )
                """)
        }
        for (number, migration) in migrations.enumerated().dropFirst(version) {
            statements += migration + ["INSERT INTO schema_version (version) VALUES (\(number + 1))"]
        }
        try connection.send(statements.map { PostgresStatement($0) })
    }
}
