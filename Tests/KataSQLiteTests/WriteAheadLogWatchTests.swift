import Foundation
import GRDB
import Kata
import KataTestSupport
import Testing

@testable import KataSQLite

@Suite("The write-ahead log")
struct WriteAheadLogWatchTests {
    private let directory: TemporaryDirectory
    private let store: SQLiteJobStore
    private let watch: WriteAheadLogWatch
    private let run: Run
    private var path: String { directory.path("kata.db") }
    private static let limit: Int64 = 1 << 20

    init() throws {
        directory = try TemporaryDirectory()
        store = try SQLiteJobStore(path: directory.path("kata.db"))
        watch = WriteAheadLogWatch(path: directory.path("kata.db"), reads: store.reads, limit: Self.limit)
        run = try store.openRun()
    }

    @Test("is cut to its limit when it is reset")
    func bounded() throws {
        #expect(try store.writerSetting("journal_size_limit") == Int(WriteAheadLogWatch.sizeLimit))
        let reader = try reader()
        try write(megabytes: 40)
        #expect(watch.look().bytes > 40 << 20)
        try reader.close()
        // With the first commit all goes to the database, the second one resets the log.
        for _ in 1...2 { try store.transaction { try $0.touch() } }
        #expect(watch.look().bytes == WriteAheadLogWatch.sizeLimit)
        try store.close()
    }

    @Test("is held by nobody as long as it is short, or nobody reads what is old")
    func free() throws {
        #expect(watch.look().oldestReader == nil)
        let reader = try reader()
        #expect(watch.look().oldestReader == nil)
        try reader.close()
        try write(megabytes: 8)
        let state = watch.look()
        #expect(state.oldestReader == nil && state.bytes > 0)
        let late = try self.reader()
        #expect(watch.look().oldestReader == nil)
        try late.close()
        try store.close()
    }

    @Test("is held by who reads an old state in this process, since the look that saw it first")
    func ownReader() throws {
        let reader = try reader()
        let read = store.reads.begin("consumerTotals(run:)")
        let start = Timestamp.sampleStart
        #expect(watch.look(at: start).oldestReader == nil)
        try write(megabytes: 8)
        let oldest = try #require(watch.look(at: .sampleEnd).oldestReader)
        #expect(oldest.process == getpid() && oldest.command == "this daemon, consumerTotals")
        #expect(oldest.since == start)
        store.reads.end(read)
        #expect(watch.look(at: .sampleEnd).oldestReader?.command == "this daemon")
        try reader.close()
        #expect(watch.look().oldestReader == nil)
        try store.close()
    }

    @Test("is held by another process, which is named with its command")
    func otherProcess() async throws {
        // It begins to read, says so, and goes on until its input ends.
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        shell.arguments = ["sqlite3", "-readonly", path]
        let input = Pipe()
        let output = Pipe()
        shell.standardInput = input
        shell.standardOutput = output
        try shell.run()
        try input.fileHandleForWriting.write(contentsOf: Data("BEGIN; SELECT count(*) FROM run;\n".utf8))
        #expect(output.fileHandleForReading.availableData == Data("1\n".utf8))
        try write(megabytes: 8)
        let oldest = try #require(watch.look().oldestReader)
        #expect(oldest.process == shell.processIdentifier)
        #expect(
            oldest.description == "process \(shell.processIdentifier) (sqlite3 -readonly \(path))".shortened(to: 200))
        // To look at the file has not ended the locks of the store.
        let locked = try DatabaseQueue(path: path)
        #expect(throws: (any Error).self) {
            try locked.writeWithoutTransaction { database in
                try store.transaction { transaction in
                    try transaction.touch()
                    try database.execute(sql: "BEGIN IMMEDIATE")
                }
            }
        }
        try locked.close()
        try input.fileHandleForWriting.close()
        shell.waitUntilExit()
        #expect(watch.look().oldestReader == nil)
        try store.close()
    }

    /// Somebody who reads the state that there is now, until closed.
    private func reader() throws -> OldReader {
        try OldReader(path: path)
    }

    private func write(megabytes: Int) throws {
        for _ in 1...megabytes {
            try store.transaction { transaction in
                try transaction.add(
                    items: [String(repeating: "x", count: 1 << 20)], to: run.id, progress: .start, at: .sampleStart)
            }
        }
    }
}

/// A connection that is in the middle of a read.
private final class OldReader {
    private let connection: DatabaseQueue

    init(path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.allowsUnsafeTransactions = true
        connection = try DatabaseQueue(path: path, configuration: configuration)
        try connection.inDatabase { database in
            try database.execute(sql: "BEGIN")
            _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM run")
        }
    }

    func close() throws {
        try connection.inDatabase { try $0.execute(sql: "COMMIT") }
        try connection.close()
    }
}
