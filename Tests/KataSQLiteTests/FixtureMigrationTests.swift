import Foundation
import GRDB
import Kata
import KataTestSupport
import Testing

@testable import KataSQLite

/// Databases that daemons of earlier versions left, as files.
@Suite("A database of an earlier version, migrated")
struct FixtureMigrationTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path("kata.db") }

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test(
        "is whole, has the tables of a new one, and has a copy of what it was beside it", arguments: 1..<Schema.version)
    func whole(version: Int) throws {
        try copyFixture(version)
        try SQLiteJobStore(path: path).close()
        try #expect(query("PRAGMA integrity_check") == ["ok"])
        try #expect(query("PRAGMA foreign_key_check") == [])
        let new = directory.path("new.db")
        try SQLiteJobStore(path: new).close()
        let schema = "SELECT type || ' ' || name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1"
        try #expect(query(schema) == query(schema, at: new))
        for table in try query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") {
            let columns = "SELECT name || ' ' || type FROM pragma_table_info('\(table)') ORDER BY cid"
            try #expect(query(columns) == query(columns, at: new), "\(table)")
        }
        try #expect(query("PRAGMA user_version", at: "\(path).schema-\(version).bak") == ["\(version)"])
    }

    @Test("of the first version keeps its runs, and the unfinished one is done to its end")
    func first() async throws {
        try copyFixture(1)
        let store = try SQLiteJobStore(path: path)
        try await #expect(store.counts(pipeline: "a") == JobCounts(done: 20))
        try await #expect(store.counts(pipeline: "b") == JobCounts(pending: 21, done: 9))
        let run = try #require(try await store.unfinishedRun(pipeline: "b"))
        #expect(run.items == 30 && run.progress == .exhausted)
        let pending = try await store.pendingJobs(run: run.id, after: 0, limit: 100)
        #expect(pending.map(\.item) == (9..<30).map(String.init))
        for job in pending { #expect(try store.complete(job)) }
        #expect(try store.transaction { try $0.endSession(run: run.id, elapsed: .seconds(1), at: .sampleEnd) })
        try await #expect(store.lines().count == 50)
        try store.close()
    }

    @Test("of the second version keeps every state of a job, its attempts, and what waits for what")
    func second() async throws {
        try copyFixture(2)
        let store = try SQLiteJobStore(path: path)
        let counts = JobCounts(pending: 2, scheduled: 2, waiting: 1, done: 3, failed: 1, cancelled: 1)
        try await #expect(store.counts(pipeline: "mail") == counts)
        try await #expect(store.counts(pipeline: "kata") == JobCounts(done: 20))
        try await #expect(store.isPaused(pipeline: "mail"))
        let later = try await store.record(26)
        #expect(later.uniqueKey == "u1" && later.job.key == "k1" && later.job.priority == 7)
        #expect(later.job.timeout == .seconds(5) && later.job.maxAttempts == 3 && later.state == .scheduled)
        try await #expect(store.attempts(job: 24).map(\.error) == ["exited with 65: no"])
        try await #expect(store.attempts(job: 21).map(\.output) == ["did one\n"])
        try await #expect(store.record(29).job.item == "held ünicode")
        try await #expect(store.blockers(job: 28) == [26])
        let submission = try store.transaction { try $0.submission(key: "order-1", pipeline: "mail") }
        #expect(submission?.jobs.map(\.id) == [30])
        // The one that waits still does as it was told: it is cancelled with the other one.
        let changes = try store.transaction { try $0.cancel(26, at: .sampleEnd) }
        #expect(changes.map(\.job) == [26, 28] && changes.map(\.new) == [.cancelled, .cancelled])
        try store.close()
    }

    @Test("of the third version, as the first release left it, is as it was")
    func third() async throws {
        try copyFixture(3)
        let store = try SQLiteJobStore(path: path)
        let counts = JobCounts(pending: 1, scheduled: 2, waiting: 1, done: 2, failed: 1, cancelled: 1)
        try await #expect(store.counts(pipeline: "mail") == counts)
        try await #expect(store.counts(pipeline: "kata") == JobCounts(done: 20))
        try await #expect(store.isPaused(pipeline: "mail"))
        let later = try await store.record(25)
        #expect(later.uniqueKey == "u1" && later.job.key == "k1" && later.job.priority == 7)
        #expect(later.job.timeout == .seconds(5) && later.job.maxAttempts == 3 && later.state == .scheduled)
        try await #expect(store.attempts(job: 23).map(\.error) == ["exited with 65: no"])
        try await #expect(store.attempts(job: 21).map(\.output) == ["did one\n"])
        try await #expect(store.record(26).job.item == "held ünicode")
        try await #expect(store.blockers(job: 28) == [25])
        let submission = try store.transaction { try $0.submission(key: "order-1/1", pipeline: "mail") }
        #expect(submission?.jobs.map(\.id) == [25])
        // What later versions have added is empty, and works.
        try #expect(store.transaction { try $0.lastStarts(pipeline: "mail", since: .sampleStart) } == LastStarts())
        try store.transaction {
            try $0.saveStart(pipeline: "mail", key: "k1", at: .sampleEnd, forgettingBefore: .sampleStart)
        }
        let starts = try store.transaction { try $0.lastStarts(pipeline: "mail", since: .sampleStart) }
        #expect(starts == LastStarts(latest: .sampleEnd, keys: ["k1": .sampleEnd]))
        try store.close()
    }

    @Test("of the fourth version is as it was, and its times count from when they were put off")
    func fourth() async throws {
        try copyFixture(4)
        let store = try SQLiteJobStore(path: path)
        let counts = JobCounts(pending: 1, scheduled: 2, waiting: 1, done: 3, failed: 1, cancelled: 1)
        try await #expect(store.counts(pipeline: "mail") == counts)
        try await #expect(store.counts(pipeline: "kata") == JobCounts(done: 20))
        try await #expect(store.isPaused(pipeline: "mail"))
        let starts = try store.transaction { try $0.lastStarts(pipeline: "mail", since: .sampleStart) }
        #expect(starts.keys == ["k2": Timestamp(milliseconds: 1_795_644_189_625)])
        let again = try await store.record(24)
        let later = try await store.record(25)
        #expect(again.state == .scheduled && again.job.attempt == 2 && later.uniqueKey == "u1")
        try await #expect(store.blockers(job: 30) == [25])
        let run = again.job.runID
        let put = try query("SELECT put_off_at FROM job WHERE put_off_at IS NOT NULL ORDER BY id")
        let failed = try #require(try await store.attempts(job: 24).last?.finishedAt)
        #expect(put == ["\(failed.milliseconds)", "\(later.createdAt.milliseconds)"])

        // As if a clock had been ahead by a year when these were put off.
        let now = Timestamp(milliseconds: failed.milliseconds - 366 * 86_400_000)
        try #expect(store.transaction { try $0.drawBack(run: run, to: now) } == 0, "the first run was later than that")
        try store.close()
        try execute("UPDATE run SET started_at = 0")
        let second = try SQLiteJobStore(path: path)
        try #expect(second.transaction { try $0.drawBack(run: run, to: now) } == 2)
        let due = try #require(again.runAt)
        try await #expect(
            second.record(24).runAt == now.advanced(by: .milliseconds(due.milliseconds - failed.milliseconds)))
        try second.close()
    }

    @Test("of the fifth version knows which jobs were cancelled with others")
    func fifth() async throws {
        try copyFixture(5)
        let store = try SQLiteJobStore(path: path)
        let counts = JobCounts(pending: 1, scheduled: 2, waiting: 1, done: 1, failed: 1, cancelled: 5)
        try await #expect(store.counts(pipeline: "mail") == counts)
        for (job, with) in [(26, nil), (27, 26), (28, 27), (29, 22), (30, nil)] as [(Job.ID, Job.ID?)] {
            let record = try await store.record(job)
            #expect(record.state == .cancelled && record.cancelledWith == with, "\(job)")
        }
        try await #expect(store.jobsCancelled(with: 26, after: 0, limit: 9) == [27])
        let views = try query("SELECT cancelled_with FROM jobs WHERE pipeline = 'mail' AND cancelled_with IS NOT NULL")
        #expect(views == ["26", "27", "22"])
        try store.close()
    }

    @Test("of the sixth version keeps what its jobs left, has no exit codes, and takes what others print")
    func sixth() async throws {
        try copyFixture(6)
        let store = try SQLiteJobStore(path: path)
        try await #expect(store.attempts(job: 21).map(\.output) == ["did one\n"])
        try await #expect(store.attempts(job: 23).map(\.output) == ["tried\n"])
        #expect(try query("SELECT output FROM attempts WHERE job_id = 21") == ["did one\n"])
        try await #expect(store.outputs(job: 21, after: 0, limit: 9).isEmpty)
        let piece = OutputPiece(stream: .err, position: 0, printedAt: .sampleStart, bytes: Array("x\n".utf8))
        // Fixtures have no exit codes.
        try #expect(query("SELECT exit_code FROM attempts WHERE job_id = 22") == [""])
        try await #expect(store.record(22).exitCode == nil)
        try store.save(23, [piece])
        #expect(try query("SELECT stream || ' ' || text FROM outputs WHERE job_id = 23") == ["err x\n"])
        try await #expect(store.isPaused(pipeline: "mail"))
        let groups = try await FailureGroup.groups(of: store.jobs(JobFilter(state: .failed), before: .max, limit: 9))
        #expect(groups.map(\.count) == [1])
        // What tells of others, and of schedules, begins empty, and works.
        let origin = try store.transaction { try $0.origin(of: 23) }
        #expect(origin?.isAlarm == false && origin?.entry == nil)
        #expect(try query("SELECT count(*) FROM alarms") == ["0"])
        try await #expect(store.scheduleEntries(pipeline: "mail") == [])
        let run = try #require(try await store.unfinishedRun(pipeline: "mail"))
        var job = NewJob(item: "beat")
        job.schedule = ScheduleMark(entry: "beat")
        let id = try store.submit(job, to: run, at: .sampleEnd)
        try await #expect(store.scheduleEntries(pipeline: "mail").map(\.lastJob) == [id])
        // Nor were there tags, copies, costs and checkpoints.
        let failed = try await store.record(22)
        #expect(failed.tags == [] && failed.copyOf == nil)
        try await #expect(store.attempts(job: 21).first?.cost == nil)
        try #expect(query("SELECT count(*) FROM attempts WHERE user_seconds IS NOT NULL") == ["0"])
        try #expect(
            query("SELECT count(*) FROM jobs WHERE coalesce(tags, copy_of, checkpoint) IS NOT NULL") == ["0"])
        let edited = try store.transaction { try $0.edit(id, JobEdit(item: "new"), at: .sampleEnd) }
        #expect(edited.old == .pending && edited.new == .scheduled)
        try store.close()
    }

    @Test("of the seventh version knows when jobs were done last")
    func seventh() async throws {
        try copyFixture(7)
        let store = try SQLiteJobStore(path: path)
        for (pipeline, time) in [("kata", 1_795_730_867_938), ("mail", 1_795_730_872_263)] as [(String, Int64)] {
            let ages = try await store.ages(pipeline: pipeline, inHand: [], at: .sampleEnd)
            #expect(ages.lastSuccess == Timestamp(milliseconds: time))
        }
        try store.close()
    }

    @Test("of the eighth version has its jobs as they were, of which nobody knows where they come from")
    func eighth() async throws {
        try copyFixture(8)
        let store = try SQLiteJobStore(path: path)
        try await #expect(store.counts(pipeline: "kata") == JobCounts(done: 20))
        let jobs = try await store.jobs(JobFilter(pipeline: "mail"), before: .max, limit: 10, textLimit: .max)
        #expect(jobs.map(\.job.item) == ["later", "bad", "good"])
        #expect(jobs.map(\.job.traceParent) == [nil, nil, nil])
        #expect(jobs[0].tags == ["blue"] && jobs[0].job.key == "k" && jobs[1].exitCode == 3)
        try store.close()
    }

    private func copyFixture(_ version: Int) throws {
        try FixtureDatabase.copy(version, to: path)
    }

    private func execute(_ sql: String) throws {
        let database = try DatabaseQueue(path: path)
        try database.write { try $0.execute(sql: sql) }
        try database.close()
    }

    /// The first column of each row, as text.
    private func query(_ sql: String, at path: String? = nil) throws -> [String] {
        let database = try DatabaseQueue(path: path ?? self.path)
        let rows = try database.read { try Row.fetchAll($0, sql: sql) }
        try database.close()
        return rows.map { DatabaseValue.fromDatabaseValue($0[0])?.storage.value.map { "\($0)" } ?? "" }
    }
}
