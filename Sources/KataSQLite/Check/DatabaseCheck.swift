import GRDB
import Glibc
import Kata

/// Looks at all of a database, which a daemon may be using: at one state of it, on a connection that can't write.
public enum DatabaseCheck {
    /// Checks the database at that path. As long as that takes, the write-ahead log of a daemon that works with it grows.
    ///
    /// Blocks.
    ///
    /// - Throws: ``SQLiteOpenError`` if it is no database of Kata's, or can't be read.
    public static func run(path: String) throws -> DatabaseReport {
        do {
            try checkIsReadable(path)
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            return try DatabaseQueue(path: path, configuration: configuration).read { try report(on: $0, path: path) }
        } catch let error as DatabaseError {
            let failure = SQLiteOpenError(error, path: path)
            guard case .damaged = failure else { throw failure }
            // Not even what the tables are could be read.
            return DatabaseReport(
                path: path, schema: 0, bytes: size(of: path), parts: [pages(error)], isCompared: false)
        }
    }

    private static func report(on database: Database, path: String) throws -> DatabaseReport {
        let schema = try checkIsKata(database, path: path, isEmptyAllowed: false)
        var parts = [try pages(of: database)]
        var isCompared = false
        // What else damaged pages say is not worth telling.
        if parts[0].faults.isEmpty {
            parts.append(try references(of: database))
            isCompared = schema == Schema.version
            if isCompared { parts += try ConsistencyRule.all.map { try $0.part(of: database) } }
        }
        return DatabaseReport(path: path, schema: schema, bytes: size(of: path), parts: parts, isCompared: isCompared)
    }

    private static func pages(of database: Database) throws -> DatabaseReport.Part {
        do {
            let limit = DatabaseReport.faultLimit + 1
            let answer = try String.fetchAll(database, sql: "PRAGMA integrity_check(\(limit))")
            return pages(answer == ["ok"] ? [] : answer)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            return pages(error)
        }
    }

    private static func pages(_ error: DatabaseError) -> DatabaseReport.Part {
        pages([error.message ?? "\(error.resultCode)"])
    }

    private static func pages(_ found: [String]) -> DatabaseReport.Part {
        DatabaseReport.Part(name: "pages", title: "pages and indices", found: found)
    }

    private static func references(of database: Database) throws -> DatabaseReport.Part {
        let rows = try Row.fetchCursor(database, sql: "PRAGMA foreign_key_check")
        var found: [String] = []
        while found.count <= DatabaseReport.faultLimit, let row = try rows.next() {
            let id = (row["rowid"] as Int64?).map { " \($0)" } ?? ""
            found.append(
                "\(row["table"] as String)\(id) names a row of the table \(row["parent"] as String) that is not there")
        }
        return DatabaseReport.Part(name: "references", title: "references between tables", found: found)
    }

    private static func size(of path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }
}
