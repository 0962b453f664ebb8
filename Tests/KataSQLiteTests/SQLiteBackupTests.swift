import Foundation
import GRDB
import Kata
import KataTestSupport
import Testing

@testable import KataSQLite

@Suite("A backup of a database", .timeLimit(.minutes(10)))
struct SQLiteBackupTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path("kata.db") }
    private var copy: String { directory.path("copy.db") }

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("is consistent while somebody writes")
    func whileWriting() async throws {
        let store = try SQLiteJobStore(path: path)
        let run = try store.openRun()
        // Each transaction adds a pair, so a copy with half of one would be seen.
        let writer = Task {
            while !Task.isCancelled { try store.submit([NewJob(item: "a"), NewJob(item: "b")], to: run) }
        }
        defer { writer.cancel() }
        var counts: [Int] = []
        for _ in 0..<5 {
            try SQLiteBackup.write(of: path, to: copy)
            let backup = try SQLiteJobStore(path: copy)
            let jobs = try await backup.jobs(JobFilter(), before: .max, limit: .max)
            #expect(jobs.count.isMultiple(of: 2))
            try await #expect(backup.counts(pipeline: "a").pending == jobs.count)
            counts.append(jobs.count)
            try backup.close()
        }
        #expect(counts == counts.sorted())
        writer.cancel()
        try await writer.value
        try store.close()
        #expect(try directory.names() == ["copy.db", "kata.db"])
    }

    @Test("takes the place of a file, and is as private as the database")
    func replaces() throws {
        try SQLiteJobStore(path: path).close()
        try directory.write("old", to: "copy.db")
        try SQLiteBackup.write(of: path, to: copy)
        try SQLiteJobStore(path: copy).close()
        let attributes = try FileManager.default.attributesOfItem(atPath: copy)
        #expect((attributes[.posixPermissions] as? Int).map { $0 & 0o077 } == 0)
    }

    @Test("leaves nothing behind if it fails")
    func fails() throws {
        try SQLiteJobStore(path: path).close()
        #expect(throws: (any Error).self) { try SQLiteBackup.write(of: path, to: directory.path("no/copy.db")) }
        // A directory with something in it can't be replaced.
        try FileManager.default.createDirectory(atPath: directory.path("full/x"), withIntermediateDirectories: true)
        #expect(throws: (any Error).self) { try SQLiteBackup.write(of: path, to: directory.path("full")) }
        // What SQLite keeps beside a database in use is its own affair.
        let names = try directory.names().filter { !$0.hasPrefix("kata.db-") }
        #expect(names == ["full", "kata.db"])
    }

    @Test("does not take the place of a database that is in use, or that has a log beside it")
    func inUse() throws {
        try SQLiteJobStore(path: path).close()
        let other = try SQLiteJobStore(path: copy)
        _ = try other.openRun()
        #expect(throws: SQLiteOpenError.inUse(path: copy)) { try SQLiteBackup.write(of: path, to: copy) }
        try other.close()
        let lock = try DatabaseLock(databasePath: copy)
        #expect(throws: SQLiteOpenError.inUse(path: copy)) { try SQLiteBackup.write(of: path, to: copy) }
        withExtendedLifetime(lock) {}
    }

    @Test("follows no link of another user", .enabled(if: geteuid() == 0, "only root can make one"))
    func plantedLink() throws {
        try SQLiteJobStore(path: path).close()
        try #require(symlink("target", copy) == 0 && lchown(copy, 65_534, 65_534) == 0)
        #expect(throws: FileError.self) { try SQLiteBackup.write(of: path, to: copy) }
        #expect(try directory.names().filter { !$0.hasPrefix("kata.db-") } == ["copy.db", "kata.db"])
    }

    @Test("is not made of anything else")
    func foreign() throws {
        let other = try DatabaseQueue(path: path)
        try other.write { try $0.execute(sql: "CREATE TABLE mine (x)") }
        try other.close()
        #expect(throws: SQLiteOpenError.foreign(path: path)) { try SQLiteBackup.write(of: path, to: copy) }
        let missing = directory.path("missing.db")
        #expect(throws: SQLiteOpenError.missing(path: missing)) { try SQLiteBackup.write(of: missing, to: copy) }
        #expect(try directory.names() == ["kata.db"])
    }
}
