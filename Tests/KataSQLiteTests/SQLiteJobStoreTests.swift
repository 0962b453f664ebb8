import Foundation
import GRDB
import Kata
import KataTestSupport
import Testing

@testable import KataSQLite

@Suite("The SQLite store")
struct SQLiteJobStoreTests {
    private let directory: TemporaryDirectory
    private let conformance: JobStoreConformance

    init() throws {
        let directory = try TemporaryDirectory()
        self.directory = directory
        conformance = JobStoreConformance(
            reopen: { store in
                let store = try #require(store as? SQLiteJobStore)
                try store.close()
                return try SQLiteJobStore(path: directory.path("kata.db"))
            },
            makeStore: { try SQLiteJobStore(path: directory.path("kata.db")) }
        )
    }

    @Test("does what a store must:", arguments: JobStoreBehaviour.allCases)
    func conforms(_ behaviour: JobStoreBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("does what a store must with submitted jobs:", arguments: SubmissionBehaviour.allCases)
    func submissions(_ behaviour: SubmissionBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("does what a store must with alarms and schedules:", arguments: AlarmBehaviour.allCases)
    func alarms(_ behaviour: AlarmBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("does what a store must with changes of jobs:", arguments: JobChangeBehaviour.allCases)
    func changes(_ behaviour: JobChangeBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("does what a store must with sessions:", arguments: SessionBehaviour.allCases)
    func sessions(_ behaviour: SessionBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("tells what a store must:", arguments: JobReadingBehaviour.allCases)
    func reading(_ behaviour: JobReadingBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("does what a store must with jobs that wait for others:", arguments: DependencyBehaviour.allCases)
    func dependencies(_ behaviour: DependencyBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("does what a store must with what jobs print:", arguments: OutputBehaviour.allCases)
    func outputs(_ behaviour: OutputBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("does what a store must when jobs are forgotten:", arguments: PruneBehaviour.allCases)
    func prune(_ behaviour: PruneBehaviour) async throws {
        try await conformance.check(behaviour)
    }

    @Test("keeps its content for whoever opens it again")
    func reopens() async throws {
        try await conformance.checkReopening()
    }

    @Test("writes with synchronous = FULL and marks its file")
    func settings() throws {
        let store = try SQLiteJobStore(path: directory.path("kata.db"))
        #expect(try store.transaction { _ in true })
        #expect(try store.writerSetting("synchronous") == 2)
        #expect(try store.writerSetting("application_id") == 0x4b41_5441)
        #expect(try store.writerSetting("user_version") == Schema.version)
    }

    @Test("leaves one file when it is closed")
    func closes() async throws {
        let store = try SQLiteJobStore(path: directory.path("kata.db"))
        _ = try store.transaction { try $0.startRun(pipeline: "a", items: 1, at: .now()) }
        #expect(try await store.unfinishedRun(pipeline: "a") != nil)
        try store.close()
        #expect(try directory.names() == ["kata.db"])
    }

    @Test("leaves a database of something else as it is")
    func foreign() throws {
        let path = directory.path("other.db")
        let other = try DatabaseQueue(path: path)
        try other.write { try $0.execute(sql: "CREATE TABLE mine (x)") }
        try other.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(throws: SQLiteOpenError.foreign(path: path)) { try SQLiteJobStore(path: path) }
        #expect(throws: SQLiteOpenError.foreign(path: path)) { try SQLiteReader(path: path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test("leaves a database of a later version as it is")
    func newer() throws {
        let path = directory.path("newer.db")
        try SQLiteJobStore(path: path).close()
        let later = try DatabaseQueue(path: path)
        try later.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        try later.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(throws: SQLiteOpenError.newer(path: path, version: 99)) { try SQLiteJobStore(path: path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test("refuses what is no database")
    func noDatabase() throws {
        let path = directory.path("text.db")
        try Data(String(repeating: "no database\n", count: 1_000).utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: SQLiteOpenError.notADatabase(path: path)) { try DatabaseLock(databasePath: path) }
        #expect(throws: SQLiteOpenError.notADatabase(path: path)) { try SQLiteJobStore(path: path) }
        #expect(throws: SQLiteOpenError.notADatabase(path: path)) { try SQLiteReader(path: path) }
        #expect(throws: SQLiteOpenError.missing(path: path + "x")) { try SQLiteReader(path: path + "x") }
    }

    @Test("shows times with milliseconds in its views")
    func times() async throws {
        let store = try SQLiteJobStore(path: directory.path("kata.db"))
        let start = Timestamp(milliseconds: 1_700_000_000_009)
        try store.transaction { transaction in
            let run = try transaction.startRun(pipeline: "a", items: 1, at: start)
            try transaction.add(items: ["x"], to: run.id, progress: .exhausted, at: start)
        }
        let reader = try DatabaseQueue(path: directory.path("kata.db"))
        let text = try await reader.read { try String.fetchOne($0, sql: "SELECT created_at FROM jobs") }
        #expect(text == "2023-11-14T22:13:20.009Z")
        #expect(text == start.iso8601)
    }

    @Test("lets one owner at a time have the lock")
    func lock() throws {
        let path = directory.path("kata.db")
        let first = try DatabaseLock(databasePath: path)
        #expect(throws: DatabaseLockError.taken(databasePath: path, owner: Int(getpid()))) {
            try DatabaseLock(databasePath: path)
        }
        withExtendedLifetime(first) {}
    }
}
