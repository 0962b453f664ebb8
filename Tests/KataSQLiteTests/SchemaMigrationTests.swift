import Foundation
import GRDB
import Kata
import KataTestSupport
import Testing

@testable import KataSQLite

@Suite("The migration of a database of the first version")
struct SchemaMigrationTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path("kata.db") }

    init() throws {
        directory = try TemporaryDirectory()
        try VersionOneDatabase.write(to: directory.path("kata.db"))
    }

    @Test("keeps its runs")
    func runs() async throws {
        let store = try SQLiteJobStore(path: path)
        let finished = Run(
            id: 1, pipeline: "a", items: 3, progress: .exhausted, counts: JobCounts(done: 2, failed: 1),
            elapsed: .milliseconds(1_094), startedAt: .sampleStart, finishedAt: .sampleEnd)
        let unfinished = Run(
            id: 3, pipeline: "a", number: 2, items: 10, progress: .at(cursor: "4"),
            counts: JobCounts(pending: 2, done: 1, failed: 1), elapsed: .milliseconds(77),
            startedAt: Timestamp(milliseconds: 1_769_904_003_000))
        try await #expect(store.unfinishedRun(pipeline: "a") == unfinished)
        #expect(try store.transaction { try $0.beginSession(run: 1) }.run == finished)
        try await #expect(store.latestRun(pipeline: "b")?.progress == .start)
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 2, done: 3, failed: 2))
        try await #expect(store.runIDs(in: ResultSelection()) == [1, 2, 3])
        try await #expect(
            store.lastDrain(pipeline: "a")
                == DrainReceipt(finished: 3, wentBack: 2, cutOff: 1, at: Timestamp(milliseconds: 1_769_904_000_500)))
        try store.close()
    }

    @Test("keeps its jobs and results")
    func jobs() async throws {
        let store = try SQLiteJobStore(path: path)
        let records = try await store.jobs(JobFilter(), before: .max, limit: 100)
        #expect(records.map(\.job.id) == [7, 6, 5, 4, 3, 2, 1])
        #expect(records.map(\.state) == [.pending, .failed, .done, .pending, .done, .failed, .done])
        #expect(records.map(\.job.item) == ["3", "2", "1", "0", "32", "x | é\n", "10"])
        #expect(records.map(\.error) == [nil, "broken", nil, nil, nil, "no", nil])
        #expect(records.allSatisfy { $0.job.priority == 0 && $0.job.attempt == 1 && $0.job.interruptions == 0 })
        #expect(records[2].finishedAt == Timestamp(milliseconds: 1_769_904_003_100))
        try await #expect(store.lines() == ["c2 | 32", "c1 | 10", "c10 | 1"])
        try await #expect(
            store.attempts(job: 3) == [
                Attempt(
                    number: 1, consumerID: "c2", startedAt: Timestamp(milliseconds: 1_769_904_000_000),
                    finishedAt: Timestamp(milliseconds: 1_769_904_000_100), error: nil)
            ])
        try await #expect(
            store.consumerTotals(run: 1) == [
                ConsumerTotal(consumerID: "c1", items: 1, total: 10),
                ConsumerTotal(consumerID: "c2", items: 1, total: 32),
            ])
        try store.close()
    }

    @Test("lets its work go on")
    func goesOn() async throws {
        let store = try SQLiteJobStore(path: path)
        try await #expect(store.pendingPriorities(run: 3) == [0])
        let pending = try await store.pendingJobs(run: 3, after: 0, limit: 10)
        #expect(pending.map(\.id) == [4, 7])
        #expect(try !store.transaction { try $0.beginSession(run: 3) }.brokeOff)
        for job in pending { #expect(try store.complete(job)) }
        _ = try store.transaction { try $0.retry(6, at: .sampleEnd) }
        try await #expect(store.nextDue(run: 3) == .sampleEnd)
        let submitted = try store.transaction { transaction in
            try transaction.submit(
                [NewJob(item: "new", priority: 1, uniqueKey: "k")], to: 3, uniqueFor: .zero, at: .sampleEnd)
        }
        #expect(submitted == [SubmittedJob(id: 8)])
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 1, scheduled: 1, done: 5, failed: 1))
        try await #expect(store.lines().suffix(2) == ["c1 | 0", "c1 | 3"])
        try store.close()
    }

    @Test("gives it the views of a new database")
    func views() throws {
        try SQLiteJobStore(path: path).close()
        let new = directory.path("new.db")
        try SQLiteJobStore(path: new).close()
        let sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'view' ORDER BY name"
        let views = try query(sql)
        #expect(
            views.map { $0["name"] as String } == [
                "alarms", "attempts", "consumer_totals", "jobs", "outputs", "results", "runs",
            ])
        try #expect(views == query(sql, at: new))
        try #expect(
            query("SELECT consumer_id, item FROM results").map { "\($0[0] as String) | \($0[1] as String)" } == [
                "c2 | 32", "c1 | 10", "c10 | 1",
            ])
        try #expect(
            query("SELECT state FROM jobs").map { $0[0] as String } == [
                "done", "failed", "done", "pending", "done", "failed", "pending",
            ])
        try #expect(
            query("SELECT job_id, outcome FROM attempts").map { "\($0[0] as Int) \($0[1] as String)" } == [
                "1 done", "3 done", "5 done",
            ])
        try #expect(query("SELECT * FROM runs").count == 3)
        try #expect(query("SELECT sum(total) FROM consumer_totals")[0][0] == 43)
    }

    @Test("gives it the tables and indices of a new database")
    func tables() throws {
        try SQLiteJobStore(path: path).close()
        let new = directory.path("new.db")
        try SQLiteJobStore(path: new).close()
        let sql = """
            SELECT type, tbl_name, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name;
            """
        try #expect(query(sql) == query(sql, at: new))
        for table in ["pipeline", "run", "job", "result", "attempt", "submission"] {
            let sql = "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info('\(table)') ORDER BY cid"
            try #expect(query(sql) == query(sql, at: new), "\(table)")
        }
        try #expect(query("PRAGMA user_version")[0][0] == Schema.version)
        try #expect(query("PRAGMA integrity_check")[0][0] == "ok")
        try #expect(query("PRAGMA foreign_key_check").isEmpty)
    }

    @Test("leaves a copy of what it was beside it, which is as private as the database")
    func copy() throws {
        let before = try content()
        try SQLiteJobStore(path: path).close()
        try #expect(directory.names() == ["kata.db", "kata.db.schema-1.bak"])
        let copy = directory.path("kata.db.schema-1.bak")
        try #expect(content(at: copy) == before)
        try #expect(query("PRAGMA user_version", at: copy)[0][0] == 1)
        try #expect(query("PRAGMA application_id", at: copy)[0][0] == Schema.applicationID)
        try #expect(query("PRAGMA integrity_check", at: copy)[0][0] == "ok")
        let attributes = try FileManager.default.attributesOfItem(atPath: copy)
        #expect((attributes[.posixPermissions] as? Int).map { $0 & 0o077 } == 0)
    }

    @Test("can be made again from the copy")
    func fromCopy() async throws {
        try SQLiteJobStore(path: path).close()
        let copy = directory.path("kata.db.schema-1.bak")
        let first = try query("SELECT * FROM jobs").map(\.description)
        let store = try SQLiteJobStore(path: copy)
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 2, done: 3, failed: 2))
        try store.close()
        try #expect(query("SELECT * FROM jobs", at: copy).map(\.description) == first)
    }

    @Test("is made once, and not of a new database")
    func once() throws {
        try SQLiteJobStore(path: path).close()
        try directory.remove("kata.db.schema-1.bak")
        try SQLiteJobStore(path: path).close()
        try SQLiteJobStore(path: directory.path("new.db")).close()
        try #expect(directory.names() == ["kata.db", "new.db"])
    }

    @Test("is left to the daemon by those who only read")
    func reader() async throws {
        let before = try content()
        #expect(throws: SQLiteOpenError.older(path: path, version: 1)) { try SQLiteReader(path: path) }
        try #expect(content() == before)
        try SQLiteJobStore(path: path).close()
        try await #expect(SQLiteReader(path: path).latestResultID() == 3)
    }

    @Test("does not begin if the copy can't be made")
    func copyFails() throws {
        let before = try content()
        // A directory can't be replaced by a file.
        try FileManager.default.createDirectory(
            atPath: directory.path("kata.db.schema-1.bak/full"), withIntermediateDirectories: true)
        #expect(throws: (any Error).self) { try SQLiteJobStore(path: path) }
        try #expect(content() == before)
        try #expect(directory.names().filter { $0.hasSuffix(".tmp") }.isEmpty)
    }

    /// All rows of the first version's tables.
    private func content(at path: String? = nil) throws -> [[Row]] {
        var tables: [[Row]] = []
        for table in ["pipeline", "run", "job", "result"] {
            tables.append(try query("SELECT * FROM \(table) ORDER BY id", at: path))
        }
        tables.append(try query("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name", at: path))
        return tables
    }

    private func query(_ sql: String, at path: String? = nil) throws -> [Row] {
        let database = try DatabaseQueue(path: path ?? self.path)
        let rows = try database.read { try Row.fetchAll($0, sql: sql) }
        try database.close()
        return rows
    }
}
