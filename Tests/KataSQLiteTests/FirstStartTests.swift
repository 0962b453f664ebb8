import Foundation
import GRDB
import Kata
import KataTestSupport
import Testing

@testable import KataSQLite

/// What a first start leaves that was cut short.
@Suite("A database that was begun")
struct FirstStartTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path("kata.db") }
    private static let table = "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)"

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test(
        "and holds nothing is made",
        arguments: ["PRAGMA user_version = 0", "PRAGMA journal_mode = WAL", "PRAGMA journal_mode = WAL; \(table)"])
    func begun(sql: String) throws {
        try write(sql)
        let store = try SQLiteJobStore(path: path)
        #expect(try store.writerSetting("application_id") == Int(Schema.applicationID))
        #expect(try store.writerSetting("user_version") == Schema.version)
        _ = try store.openRun()
        try store.close()
        try #expect(directory.names() == ["kata.db"], "nothing is kept of a database that held nothing")
    }

    @Test(
        "by something else is left as it is",
        arguments: [
            "\(table); INSERT INTO grdb_migrations VALUES ('v1')", "\(table); CREATE TABLE theirs (x)",
            "\(table); PRAGMA user_version = 1", "\(table); PRAGMA application_id = 7",
            "CREATE VIEW grdb_migrations AS SELECT 1", "\(table); CREATE VIEW theirs AS SELECT 1",
        ])
    func foreign(sql: String) throws {
        try write(sql)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(throws: SQLiteOpenError.foreign(path: path)) { try SQLiteJobStore(path: path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test("is made in one transaction, as the migrations one by one would have made it")
    func once() throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            // The last thing before the commit fails: a reference that leads nowhere.
            try database.execute(
                sql: "CREATE TABLE a (x PRIMARY KEY); CREATE TABLE b (x REFERENCES a); INSERT INTO b VALUES (1)")
            #expect(throws: DatabaseError.self) { try Schema.migrate(database, from: 0) }
            #expect(
                try String.fetchAll(database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")
                    == [
                        "a", "b",
                    ])
            #expect(try Int.fetchOne(database, sql: "PRAGMA application_id") == 0)
            #expect(try Int.fetchOne(database, sql: "PRAGMA user_version") == 0)
            try database.execute(sql: "DROP TABLE b; DROP TABLE a")
            try Schema.migrate(database, from: 0)
            #expect(try Int.fetchOne(database, sql: "PRAGMA user_version") == Schema.version)
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM grdb_migrations") == Schema.version)
        }
        try queue.close()
    }

    private func write(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}
