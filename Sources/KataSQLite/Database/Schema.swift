import GRDB

/// The tables and views of a Kata database.
///
/// Times are milliseconds since 1970 in the tables and ISO 8601 in the views. Users read the views; the tables may change.
/// Migrations are only ever added: a released one is not changed.
enum Schema {
    /// Marks a file as a Kata database (`PRAGMA application_id`): "KATA".
    static let applicationID: Int32 = 0x4b41_5441

    /// How many migrations there are (`PRAGMA user_version`).
    static let version = migrations.count

    private struct Migration: Sendable {
        let name: String
        let change: @Sendable (Database) throws -> Void

        init(_ name: String, _ change: @escaping @Sendable (Database) throws -> Void) {
            self.name = name
            self.change = change
        }
    }

    private static let migrations = [
        Migration("1: runs, jobs and results") { try $0.execute(sql: tables) },
        Migration("2: submitted jobs, retries and priorities") { database in
            try dropViews(database)
            try database.execute(sql: submissions)
            try database.execute(sql: views)
        },
        Migration("3: batches") { try $0.execute(sql: batches) },
        Migration("4: order and rates under limits") { try $0.execute(sql: limits) },
        Migration("5: what times count from") { try $0.execute(sql: clock) },
        Migration("6: jobs that were cancelled with others") { database in
            try dropViews(database)
            try database.execute(sql: dependents)
            try database.execute(sql: views)
        },
        Migration(
            """
            7: what jobs print, exit codes, jobs that tell of others, entries of schedules, what attempts cost, tags, copies \
            and checkpoints
            """
        ) { database in
            try dropViews(database)
            for tables in [outputs, exitCodes, alarms, costs] { try database.execute(sql: tables) }
            try database.execute(sql: views)
        },
        Migration("8: when jobs of a run were done last") { try $0.execute(sql: lastSuccesses) },
        Migration("9: where jobs come from, in a trace") { database in
            try dropViews(database)
            try database.execute(sql: traces)
            try database.execute(sql: views)
        },
    ]

    /// Brings a database from that version to the current one, or makes it, which is version 0. It is one transaction, so a
    /// start that is cut short leaves the database as it was: in no state between two versions, and never with tables but
    /// without the mark that says whose they are.
    ///
    /// - Throws: `DatabaseError`.
    static func migrate(_ database: Database, from version: Int) throws {
        if version == self.version { return }
        try database.inTransaction(.immediate) {
            // The names of the migrations go into the table in which GRDB's migrator of earlier versions of Kata looks for them.
            try database.execute(
                sql: "CREATE TABLE IF NOT EXISTS \(migrationTable) (identifier TEXT NOT NULL PRIMARY KEY)")
            for migration in migrations.dropFirst(version) {
                try migration.change(database)
                try database.execute(
                    sql: "INSERT INTO \(migrationTable) (identifier) VALUES (?)", arguments: [migration.name])
            }
            try database.execute(
                sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(self.version)")
            try database.checkForeignKeys()
            return .commit
        }
    }

    /// Whether a database holds nothing: no tables, or only the one that earlier versions of Kata made in a transaction before
    /// all others, without a row, because their first start was cut short.
    static func isMissing(in database: Database) throws -> Bool {
        let others = try Int.fetchOne(
            database, sql: "SELECT count(*) FROM sqlite_schema WHERE tbl_name <> ? OR type NOT IN ('table', 'index')",
            arguments: [migrationTable])
        if others != 0 { return false }
        guard try database.tableExists(migrationTable) else { return true }
        return try Int.fetchOne(database, sql: "SELECT count(*) FROM \(migrationTable)") == 0
    }

    private static let migrationTable = "grdb_migrations"
}
