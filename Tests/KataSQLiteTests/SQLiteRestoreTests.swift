import Foundation
import GRDB
import Kata
import KataTestSupport
import Testing

@testable import KataSQLite

@Suite("A database that is restored", .timeLimit(.minutes(10)))
struct SQLiteRestoreTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path("kata.db") }
    private var copy: String { directory.path("copy.db") }

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("is the copy, and the old one is kept whole, with what was only in its write-ahead log")
    func restored() async throws {
        let store = try SQLiteJobStore(path: path)
        let run = try store.openRun()
        try store.submit([NewJob(item: "a")], to: run)
        try SQLiteBackup.write(of: path, to: copy)
        try store.submit([NewJob(item: "b")], to: run)
        // As after a crash: the log stays.
        try crash()
        try store.close()
        try directory.remove("kata.db")
        for ending in ["", "-wal"] {
            try FileManager.default.moveItem(atPath: directory.path("crashed\(ending)"), toPath: path + ending)
        }
        let outcome = try SQLiteRestore.restore(copy, as: path)
        let restored = try SQLiteJobStore(path: path)
        try await #expect(restored.counts(pipeline: "a").pending == 1)
        try restored.close()
        let kept = try #require(outcome.kept)
        let old = try SQLiteJobStore(path: kept)
        try await #expect(old.counts(pipeline: "a").pending == 2)
        try old.close()
        #expect(
            try directory.names()
                == ["copy.db", "kata.db", URL(fileURLWithPath: kept).lastPathComponent, "kata.db.lock"].sorted())
    }

    @Test("keeps the mode of the old one, and is its user's alone without one")
    func mode() throws {
        try SQLiteJobStore(path: path).close()
        try SQLiteBackup.write(of: path, to: copy)
        try #require(chmod(path, 0o640) == 0 && chmod(copy, 0o666) == 0)
        _ = try SQLiteRestore.restore(copy, as: path)
        #expect(mode(path) == 0o640)
        #expect(try SQLiteRestore.restore(copy, as: directory.path("new.db")).kept == nil)
        #expect(mode(directory.path("new.db")) == 0o600)
        try SQLiteJobStore(path: directory.path("new.db")).close()
    }

    @Test("stays as it is if the copy is none of Kata's, or damaged")
    func unfit() throws {
        try SQLiteJobStore(path: path).close()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let foreign = try DatabaseQueue(path: copy)
        try foreign.write { try $0.execute(sql: "CREATE TABLE mine (x)") }
        try foreign.close()
        #expect(throws: SQLiteOpenError.foreign(path: copy)) { try SQLiteRestore.restore(copy, as: path) }
        try directory.write("no database", to: "copy.db")
        #expect(throws: SQLiteOpenError.notADatabase(path: copy)) { try SQLiteRestore.restore(copy, as: path) }
        try (before.prefix(before.count / 2) + Data(repeating: 7, count: before.count / 2))
            .write(to: URL(fileURLWithPath: copy))
        #expect(throws: (any Error).self) { try SQLiteRestore.restore(copy, as: path) }
        let missing = directory.path("missing.db")
        #expect(throws: SQLiteOpenError.missing(path: missing)) { try SQLiteRestore.restore(missing, as: path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        // What SQLite keeps beside a copy that it reads is its own affair.
        let names = try directory.names().filter { !$0.hasPrefix("copy.db-") }
        #expect(names == ["copy.db", "kata.db", "kata.db.lock"])
    }

    @Test(
        "belongs to the user of the directory when root restores it, and so does the lock",
        .enabled(if: geteuid() == 0, "only root can give files away"))
    func owner() throws {
        try SQLiteJobStore(path: path).close()
        try SQLiteBackup.write(of: path, to: copy)
        let new = directory.path("state/kata.db")
        try FileManager.default.createDirectory(atPath: directory.path("state"), withIntermediateDirectories: false)
        try #require(chown(directory.path("state"), 65_534, 65_534) == 0)
        _ = try SQLiteRestore.restore(copy, as: new)
        for file in [new, new + ".lock"] {
            var status = stat()
            try #require(stat(file, &status) == 0)
            #expect(status.st_uid == 65_534, "\(file)")
        }
    }

    @Test("is restored in the place of one that is damaged, which is kept as it is")
    func damaged() throws {
        try SQLiteJobStore(path: path).close()
        try SQLiteBackup.write(of: path, to: copy)
        try directory.write("no database", to: "kata.db")
        let kept = try #require(try SQLiteRestore.restore(copy, as: path).kept)
        #expect(try String(contentsOfFile: kept, encoding: .utf8) == "no database")
        withExtendedLifetime(try DatabaseLock(databasePath: path)) {}
        try SQLiteJobStore(path: path).close()
    }

    @Test("is not restored while a daemon has it")
    func locked() throws {
        try SQLiteJobStore(path: path).close()
        try SQLiteBackup.write(of: path, to: copy)
        let lock = try DatabaseLock(databasePath: path)
        #expect(throws: DatabaseLockError.self) { try SQLiteRestore.restore(copy, as: path) }
        withExtendedLifetime(lock) {}
    }

    /// Copies the database as a crash would leave it.
    private func crash() throws {
        for ending in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: path + ending, toPath: directory.path("crashed\(ending)"))
        }
    }

    private func mode(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }
}
