import Foundation
import GRDB
import Kata
import KataTestSupport
import KataTesting
import Testing

@testable import KataSQLite

@Suite("The check after an unclean end")
struct QuickCheckTests {
    private let directory: TemporaryDirectory
    private let clock = ManualClock()
    private var path: String { directory.path("kata.db") }

    init() throws {
        directory = try TemporaryDirectory()
        try SQLiteJobStore(path: directory.path("kata.db")).close()
    }

    @Test("finds nothing in the tables of a whole database")
    func whole() throws {
        let check = try QuickCheck(path: path, reads: ReadsInProgress())
        let tables = try check.tables()
        #expect(tables.first == "sqlite_schema" && tables.contains("job") && tables.contains("result"))
        for table in tables { try #expect(check.faults(in: table) == [], "\(table)") }
    }

    @Test("finds the table whose pages are damaged")
    func damaged() throws {
        try fill()
        let root = try query("SELECT rootpage FROM sqlite_schema WHERE name = 'result'")
        var content = try Data(contentsOf: URL(fileURLWithPath: path))
        let start = (root - 1) * 4_096
        content.replaceSubrange(start..<start + 4_096, with: repeatElement(0x55, count: 4_096))
        try content.write(to: URL(fileURLWithPath: path))
        let check = try QuickCheck(path: path, reads: ReadsInProgress())
        try #expect(check.faults(in: "result")?.isEmpty == false)
        try #expect(check.faults(in: "job") == [])
    }

    @Test("looks at nothing more once it was stopped")
    func stopped() throws {
        let check = try QuickCheck(path: path, reads: ReadsInProgress())
        check.stop()
        try #expect(check.faults(in: "job") == nil)
    }

    @Test("cuts a table short while that is read, and only if it has taken too long")
    func skipped() async throws {
        try fill(jobs: 200_000)
        let reads = ReadsInProgress()
        let check = try QuickCheck(path: path, reads: reads, clock: clock)
        check.skip(after: .seconds(10))
        // Over and over, because the first look may be over before it is cut short.
        let isCut = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                for _ in 1...200 where try check.faults(in: "job") == nil { return true }
                return false
            }
            group.addTask {
                while !Task.isCancelled {
                    if reads.oldest != nil {
                        check.skip(after: .seconds(10))
                        clock.advance(by: .seconds(11))
                        check.skip(after: .seconds(10))
                    }
                    await Task.yield()
                }
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
        #expect(isCut)
        try #expect(check.faults(in: "job") == [], "the next look is whole")
        #expect(reads.oldest == nil)
    }

    private func fill(jobs: Int = 3_000) throws {
        let database = try DatabaseQueue(path: path)
        try database.write { database in
            try database.execute(
                sql: """
                    INSERT INTO pipeline (id, name) VALUES (1, 'a');
                    INSERT INTO run (id, pipeline_id, started_at) VALUES (1, 1, 0);
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(jobs))
                    INSERT INTO job (run_id, created_at, item) SELECT 1, 0, 'item ' || i FROM n
                    """)
        }
        try database.close()
    }

    private func query(_ sql: String) throws -> Int {
        let database = try DatabaseQueue(path: path)
        let value = try database.read { try Int.fetchOne($0, sql: sql) }
        try database.close()
        return try #require(value)
    }
}
