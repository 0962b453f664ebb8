import Foundation
import GRDB
import Kata
import KataTestSupport
import Testing

@testable import KataSQLite

@Suite("A check of a database")
struct DatabaseCheckTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path("kata.db") }

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("finds nothing in a database with jobs in every state, after each kind of change")
    func sound() async throws {
        try await writeSample()
        let report = try DatabaseCheck.run(path: path)
        #expect(report.isSound && report.isCompared && report.isWhole, "\(report.parts)")
        #expect(report.schema == Schema.version && report.bytes > 0)
        #expect(report.parts.count == 2 + ConsistencyRule.all.count)
    }

    @Test("finds nothing in databases of earlier versions, once they are migrated", arguments: 1..<Schema.version)
    func earlier(version: Int) throws {
        try FixtureDatabase.copy(version, to: path)
        let before = try DatabaseCheck.run(path: path)
        #expect(before.isSound && !before.isCompared && before.schema == version)
        try SQLiteJobStore(path: path).close()
        let report = try DatabaseCheck.run(path: path)
        #expect(report.isSound && report.isCompared, "\(report.parts.filter { !$0.faults.isEmpty })")
    }

    @Test(
        "finds what does not fit together",
        arguments: [
            ("UPDATE run SET done = done - 1", "counters", "run 1 of pipeline 'a' counts 0 done jobs, and has 1"),
            ("UPDATE run SET added = added + 1", "counters", "counts 2 pending jobs, and has 1"),
            ("UPDATE run SET scheduled = 7", "counters", "counts 7 scheduled jobs, and has 1"),
            ("UPDATE job SET state = 9 WHERE item = 'pending'", "states", "is in a state that there is not: 9"),
            ("UPDATE job SET run_at = NULL WHERE item = 'scheduled'", "states", "is scheduled, and not for any time"),
            (
                "INSERT INTO cancelled_with SELECT id, 1 FROM job WHERE item = 'done'", "states",
                "is not cancelled, but with job 1"
            ),
            ("UPDATE job SET result_id = NULL WHERE item = 'done'", "results", "which has none"),
            ("UPDATE job SET state = 0 WHERE item = 'done'", "results", "which has one without being done"),
            ("UPDATE attempt SET attempt = 5", "attempts", "has the number 5, and the job is at"),
            (
                "UPDATE job SET blockers = 3 WHERE item = 'waiting'", "waiting",
                "counts 3 jobs that it waits for, and there are 1"
            ),
            ("DELETE FROM dependency", "waiting", "counts 1 jobs that it waits for, and there are 0"),
            (
                "UPDATE dependency SET blocker_id = (SELECT id FROM job WHERE item = 'done')", "blockers",
                "which is finished"
            ),
            ("UPDATE job SET unique_key = 'u' WHERE state IN (0, 1)", "unique_keys", "have the same unique key"),
            ("UPDATE run SET finished_at = 5", "finished_runs", "run 1 is finished, and 3 of its jobs are not"),
            ("DELETE FROM job WHERE item = 'failed'", "references", "names a row of the table job that is not there"),
        ])
    func faults(sql: String, part: String, fault: String) async throws {
        try await writeSample()
        let database = try DatabaseQueue(path: path)
        try await database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            try database.execute(sql: sql)
        }
        try database.close()
        let report = try DatabaseCheck.run(path: path)
        #expect(!report.isSound && report.isWhole)
        let faults = try #require(report.parts.first { $0.name == part }?.faults)
        #expect(faults.contains { $0.contains(fault) }, "\(faults)")
    }

    @Test("tells the first faults of a kind, and that there are more")
    func many() async throws {
        try await writeSample()
        let database = try DatabaseQueue(path: path)
        try await database.write { database in
            for _ in 1...30 {
                try database.execute(sql: "INSERT INTO job (run_id, created_at, item, state) VALUES (1, 0, 'x', 1)")
            }
        }
        try database.close()
        let states = try #require(try DatabaseCheck.run(path: path).parts.first { $0.name == "states" })
        #expect(states.faults.count == DatabaseReport.faultLimit && states.hasMore)
    }

    @Test("finds pages that are damaged, wherever they are, and says so without looking at what they say")
    func damagedPages() async throws {
        try await writeSample()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for page in 0..<whole.count / 4_096 {
            var content = whole
            let start = page * 4_096 + (page == 0 ? 100 : 0)
            content.replaceSubrange(
                start..<(page + 1) * 4_096, with: repeatElement(0x55, count: (page + 1) * 4_096 - start))
            try content.write(to: URL(fileURLWithPath: path))
            let report = try DatabaseCheck.run(path: path)
            #expect(!report.isSound && !report.isWhole, "page \(page + 1)")
        }
    }

    @Test("refuses what is no database of Kata's, as other commands do")
    func foreign() throws {
        #expect(throws: SQLiteOpenError.missing(path: path)) { try DatabaseCheck.run(path: path) }
        try directory.write("no database", to: "kata.db")
        #expect(throws: SQLiteOpenError.notADatabase(path: path)) { try DatabaseCheck.run(path: path) }
        try directory.remove("kata.db")
        let database = try DatabaseQueue(path: path)
        try database.write { try $0.execute(sql: "CREATE TABLE mine (x)") }
        try database.close()
        #expect(throws: SQLiteOpenError.foreign(path: path)) { try DatabaseCheck.run(path: path) }
    }

    @Test("sees one state of a database that is being written")
    func whileWriting() async throws {
        let store = try SQLiteJobStore(path: path)
        let run = try store.openRun()
        let stop = Notes<Void>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while stop.all.isEmpty {
                    try store.transaction { transaction in
                        let jobs = (0..<10).map { NewJob(item: "\($0)", runAt: $0 % 2 == 0 ? .sampleEnd : nil) }
                        _ = try transaction.submit(jobs, to: run.id, uniqueFor: .zero, at: .sampleStart)
                    }
                    await Task.yield()
                }
            }
            for _ in 1...20 {
                let report = try DatabaseCheck.run(path: path)
                #expect(report.isSound, "\(report.parts.filter { !$0.faults.isEmpty })")
            }
            stop.add(())
            try await group.waitForAll()
        }
        try store.close()
    }

    /// Writes a database with a run of pipeline `a` with one job in each state, each of which is its item.
    private func writeSample() async throws {
        let store = try SQLiteJobStore(path: path)
        let run = try store.openRun()
        let items = ["pending", "done", "failed", "scheduled", "cancelled", "waiting"]
        for item in items {
            try store.transaction { transaction in
                var job = NewJob(item: item, runAt: item == "scheduled" ? .sampleEnd : nil)
                if item == "waiting" { job.after = [4] }
                _ = try transaction.submit([job], to: run.id, uniqueFor: .zero, at: .sampleStart)
            }
        }
        for job in try await store.pendingJobs(run: run.id, after: 0, limit: 10) {
            switch job.item {
            case "done": try store.complete(job)
            case "failed": try store.complete(job, .failed(reason: "no"))
            case "cancelled": _ = try store.transaction { try $0.cancel(job.id, at: .sampleEnd) }
            default: break
            }
        }
        try store.close()
    }
}
