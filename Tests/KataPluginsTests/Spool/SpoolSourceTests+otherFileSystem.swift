import Foundation
import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

/// `done` and `failed` on other file systems, where files are copied. Takes root, and is skipped elsewhere.
extension SpoolSourceTests {
    @Test("moves files to another file system, and back")
    func otherFileSystem() async throws {
        guard let done = try MemoryMount(at: "\(spool)/done"), let failed = try MemoryMount(at: "\(spool)/failed")
        else { return }
        defer { withExtendedLifetime((done, failed)) {} }
        let source = try source()
        try write("x", "first")
        try #require(chmod("\(spool)/x", 0o640) == 0)
        let modified = try #require(SpoolFile(name: "x", directory: spool)?.modified)
        let job = try await record(source, id: 7)
        try await source.prepare(job)
        await source.settled(job.ended(.failed))
        #expect(try listing("") == ["done", "failed"])
        #expect(try listing("failed") == ["x.7"], "with its job's number, by which it is found")
        try await source.prepare(job)
        #expect(try String(contentsOfFile: "\(spool)/x", encoding: .utf8) == "first")
        // It is no new job.
        try moveIn("y")
        #expect(try await names(source) == ["y"])
        await source.settled(job.ended(.done))
        #expect(try listing("") == ["done", "failed", "y"])
        #expect(try listing("done") == ["x"] && listing("failed") == [])
        #expect(try String(contentsOfFile: "\(spool)/done/x", encoding: .utf8) == "first")
        let copy = try #require(SpoolFile(name: "x", directory: "\(spool)/done"))
        #expect(copy.modified == modified)
        #expect(try FileManager.default.attributesOfItem(atPath: copy.path)[.posixPermissions] as? Int == 0o640)
    }

    @Test("ends a move to another file system that was cut short", arguments: [1, 2])
    func cutShort(step: Int) async throws {
        guard let done = try MemoryMount(at: "\(spool)/done") else { return }
        defer { withExtendedLifetime(done) {} }
        try write("x", "text")
        let job = try await record(source(), id: 3)
        // What a process leaves that was killed after it had made the copy, or just before it removed the file.
        try write("done/x", "text")
        var status = stat()
        try #require(lstat("\(spool)/x", &status) == 0)
        try #require(utimensat(AT_FDCWD, "\(spool)/done/x", [status.st_atim, status.st_mtim], 0) == 0)
        if step == 2 {
            let departing = ".kata.moved.\(status.st_dev).\(status.st_ino)"
            try #require(rename("\(spool)/x", "\(spool)/\(departing)") == 0)
        }
        let next = try source()
        try write("y")
        // Of what there is it may tell in several batches.
        while try await !names(next).contains("y") {}
        await next.settled(job.ended(.done))
        #expect(try listing("") == ["done", "failed", "y"])
        #expect(try listing("done") == ["x"])
    }

    @Test("keeps another file of the name on another file system")
    func sameNameElsewhere() async throws {
        guard let done = try MemoryMount(at: "\(spool)/done") else { return }
        defer { withExtendedLifetime(done) {} }
        let source = try source()
        try write("done/x", "olds")
        try write("x", "news")
        let job = try await record(source, id: 3)
        await source.settled(job.ended(.done))
        #expect(try listing("done") == ["x", "x.3"])
        #expect(try String(contentsOfFile: "\(spool)/done/x", encoding: .utf8) == "olds")
        #expect(try String(contentsOfFile: "\(spool)/done/x.3", encoding: .utf8) == "news")
    }

    @Test("keeps a file that another file system has no room for, and moves it once there is room")
    func noRoomElsewhere() async throws {
        guard let done = try MemoryMount(at: "\(spool)/done") else { return }
        defer { withExtendedLifetime(done) {} }
        let source = try source()
        try write("x", "text")
        let job = try await record(source, id: 1)
        try Data(count: 15 << 20).write(to: URL(fileURLWithPath: "\(spool)/done/full"))
        try write("x", String(repeating: "x", count: 2 << 20))
        await source.settled(job.ended(.done))
        #expect(source.problem?.contains("No space left on device") == true)
        #expect(try listing("done") == ["full"])
        #expect(exists("x"))
        try FileManager.default.removeItem(atPath: "\(spool)/done/full")
        await source.moveUnmoved()
        #expect(source.problem == nil)
        #expect(try listing("done") == ["x"])
    }
}
