import Foundation
import GRDB
import Kata
import KataTestSupport
import Testing

@testable import KataSQLite

/// A name is not the thing: what is at a database's path may be another file by now, or in other hands.
@Suite("The files of a database", .timeLimit(.minutes(10)))
struct DatabaseFilesTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path("kata.db") }

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("are missed once they were moved or replaced: nothing is acknowledged that a restart would not find")
    func moved() throws {
        for ending in ["", "-wal"] {
            let directory = try TemporaryDirectory()
            let path = directory.path("kata.db")
            let store = try SQLiteJobStore(path: path)
            let run = try store.openRun()
            try store.submit([NewJob(item: "a")], to: run)
            try #require(rename(path + ending, directory.path("elsewhere")) == 0)
            let failure = #expect(throws: StoreFailure.self) { try store.submit([NewJob(item: "b")], to: run) }
            #expect(failure?.description.contains("was moved, removed or replaced") == true)
            try directory.write("", to: "kata.db\(ending)")
            #expect(throws: StoreFailure.self) { try store.submit([NewJob(item: "c")], to: run) }
        }
    }

    @Test("are refused together if the write-ahead log is that of another database")
    func foreignLog() throws {
        let copy = directory.path("copy.db")
        let store = try SQLiteJobStore(path: path)
        _ = try store.openRun()
        try SQLiteBackup.write(of: path, to: copy)
        try #require(link(path + "-wal", copy + "-wal") == 0)
        #expect(throws: SQLiteOpenError.foreignLog(path: copy)) { try DatabaseLock(databasePath: copy) }
        #expect(throws: SQLiteOpenError.foreignLog(path: copy)) { try SQLiteReader(path: copy) }
        // A log whose database is gone would be thrown away.
        let missing = directory.path("missing.db")
        try #require(link(path + "-wal", missing + "-wal") == 0)
        #expect(throws: SQLiteOpenError.foreignLog(path: missing)) { try DatabaseLock(databasePath: missing) }
        try store.close()
    }

    @Test("go on with their own write-ahead log after a crash")
    func ownLog() async throws {
        let store = try SQLiteJobStore(path: path)
        let run = try store.openRun()
        try store.submit([NewJob(item: "a")], to: run)
        for ending in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: path + ending, toPath: directory.path("crashed.db\(ending)"))
        }
        let crashed = try SQLiteJobStore(path: directory.path("crashed.db"))
        try await #expect(crashed.counts(pipeline: "a").pending == 1)
        try crashed.close()
        try store.close()
    }

    @Test("are refused if others may write them, or own them")
    func others() throws {
        try SQLiteJobStore(path: path).close()
        for mode in [0o620, 0o602, 0o666] as [mode_t] {
            try #require(chmod(path, mode) == 0)
            #expect(throws: SQLiteOpenError.writableByOthers(path: path)) { try DatabaseLock(databasePath: path) }
        }
        try #require(chmod(path, 0o644) == 0)
        withExtendedLifetime(try DatabaseLock(databasePath: path)) {}
        var status = stat()
        try #require(stat(path, &status) == 0)
        #expect(throws: SQLiteOpenError.foreignOwner(path: path)) {
            try checkOwner(status, path: path, user: status.st_uid + 1)
        }
        // Root may.
        try checkOwner(status, path: path, user: 0)
    }

    @Test("are made for their user alone, or for a group to read as well")
    func access() throws {
        try DatabaseAccess().create(path)
        try SQLiteJobStore(path: path).close()
        #expect(mode(path) == 0o600)
        #expect(try DatabaseAccess().apply(to: path) == nil)
        let group = getegid()
        #expect(try DatabaseAccess(group: group).apply(to: path) == "0600")
        #expect(mode(path) == 0o640)
        let store = try SQLiteJobStore(path: path)
        _ = try store.openRun()
        #expect([mode(path + "-wal"), mode(path + "-shm")] == [0o640, 0o640])
        try store.close()
        #expect(try DatabaseAccess(group: group).apply(to: path) == nil)
        #expect(try DatabaseAccess().apply(to: path) == "0640")
        #expect(mode(path) == 0o600)
        try DatabaseAccess(group: group).create(directory.path("new.db"))
        #expect(mode(directory.path("new.db")) == 0o640)
    }

    private func mode(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }
}
