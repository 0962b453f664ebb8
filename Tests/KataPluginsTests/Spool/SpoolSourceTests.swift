import Foundation
import Kata
import KataTestSupport
import Logging
import Testing

@testable import KataPlugins

@Suite("The spool source", .timeLimit(.minutes(10)))
struct SpoolSourceTests {
    let workplace: TemporaryDirectory
    let run = Run(id: 1, pipeline: "p", items: nil, startedAt: Timestamp(milliseconds: 0))
    let lines = Notes<String>()
    /// Without links, as the source names it.
    let spool: String

    init() throws {
        workplace = try TemporaryDirectory()
        spool = URL(fileURLWithPath: workplace.path).resolvingSymlinksInPath().path + "/spool"
        try makeDirectory("")
    }

    @Test("leaves a file alone that is being written, at the start and when others come, until it is closed")
    func beingWritten() async throws {
        let half = try writer("half")
        try write("whole")
        let source = try source()
        #expect(try await names(source) == ["whole"])
        let second = try writer("another")
        try moveIn("moved")
        #expect(try await names(source) == ["moved"])
        try half.close()
        #expect(try await names(source) == ["half"])
        try second.close()
        #expect(try await names(source) == ["another"])
    }

    @Test("goes on in a directory that was made anew under the name")
    func replacedDirectory() async throws {
        let source = try source()
        try write("a")
        #expect(try await names(source) == ["a"])
        async let next = names(source)
        try #require(rename(spool, workplace.path("old")) == 0)
        try makeDirectory("")
        try write("b")
        #expect(try await next == ["b"])
        try moveIn("c")
        #expect(try await names(source) == ["c"])
        #expect(lines.all.contains("the spool directory was moved or replaced"))
    }

    @Test("says that its directory is gone, and goes on once it is back")
    func missingDirectory() async throws {
        let source = try source()
        try write("a")
        _ = try await names(source)
        try #require(rename(spool, workplace.path("old")) == 0)
        await #expect(throws: FileError.self) { try await self.names(source) }
        try #require(rename(workplace.path("old"), spool) == 0)
        try write("b")
        #expect(try await names(source) == ["b"])
    }

    @Test("finds the file of a job that is tried again after it went to failed")
    func triedAgain() async throws {
        let source = try source()
        try write("x", "first")
        let job = try await record(source, id: 7)
        try await source.prepare(job)
        await source.settled(job.ended(.failed))
        #expect(exists("failed/x") && !exists("x"))
        try await source.prepare(job)
        #expect(try String(contentsOfFile: "\(spool)/x", encoding: .utf8) == "first")
        // It is no new job.
        try moveIn("y")
        #expect(try await names(source) == ["y"])
        await source.settled(job.ended(.done))
        #expect(exists("done/x"))
    }

    @Test("takes the file of another job for none of the one that is tried again")
    func otherFile() async throws {
        let source = try source()
        try write("x", "first")
        let first = try await record(source, id: 1)
        await source.settled(first.ended(.failed))
        // Moved and not removed, so that its number is not given to the second one.
        try #require(rename("\(spool)/failed/x", workplace.path("old")) == 0)
        try write("x", "second")
        let second = try await record(source, id: 2)
        try #require(second.uniqueKey?.split(separator: " ")[1] != first.uniqueKey?.split(separator: " ")[1])
        await source.settled(second.ended(.failed))
        try await source.prepare(first)
        #expect(!exists("x"))
        #expect(lines.all.contains("a spooled file is not there, nor in 'failed'"))
        try await source.prepare(second)
        #expect(exists("x"))
    }

    @Test("keeps a file that has the name, and finds the job's own again")
    func sameName() async throws {
        let source = try source()
        try makeDirectory("failed")
        try write("failed/x", "older")
        try write("x", "newer")
        let job = try await record(source, id: 3)
        await source.settled(job.ended(.failed))
        #expect(exists("failed/x.3"))
        try await source.prepare(job)
        #expect(try String(contentsOfFile: "\(spool)/x", encoding: .utf8) == "newer")
        #expect(try String(contentsOfFile: "\(spool)/failed/x", encoding: .utf8) == "older")
    }

    @Test("does not move the file that was put in the place of the job's: it is another job")
    func replacedFile() async throws {
        let source = try source()
        try write("x", "first")
        let job = try await record(source, id: 1)
        try await source.prepare(job)
        try write("keep")
        _ = try await names(source)
        try moveIn("x", "second")
        await source.settled(job.ended(.done))
        #expect(exists("x") && !exists("done/x"))
        #expect(lines.all.contains("a spooled file was replaced before its job was over, and is another job"))
        let second = try await record(source, id: 2)
        try await source.prepare(second)
        await source.settled(second.ended(.done))
        #expect(try String(contentsOfFile: "\(spool)/done/x", encoding: .utf8) == "second")
    }

    @Test("moves a file that its handler changes or replaces each time")
    func changedByHandler() async throws {
        let source = try source()
        try write("x", "first")
        let job = try await record(source, id: 1)
        try await source.prepare(job)
        try FileHandle(forUpdating: URL(fileURLWithPath: "\(spool)/x")).write(contentsOf: Data("changed".utf8))
        await source.settled(job.ended(.done))
        #expect(exists("done/x"))

        try write("y", "first")
        for (id, isMoved) in [(2, false), (3, true)] as [(Job.ID, Bool)] {
            let job = try await record(source, id: id, name: "y")
            try await source.prepare(job)
            try moveIn("y", "replaced by its handler")
            await source.settled(job.ended(.done))
            #expect(exists("done/y") == isMoved)
        }
    }

    @Test("knows a file by more than its name: several names of one file are several jobs")
    func hardLinks() async throws {
        try write("a")
        try #require(link("\(spool)/a", "\(spool)/b") == 0)
        let jobs = try await records(source(), count: 2)
        #expect(Set(jobs.map(\.uniqueKey)).count == 2)
    }

    @Test("says once that files can't be moved, tries again, and gives them out no more", .disabled(if: geteuid() != 0))
    func unmoved() async throws {
        let source = try source()
        try write("a")
        try write("b")
        let jobs = try await records(source, count: 2)
        for name in ["done", "failed"] {
            try FileManager.default.removeItem(atPath: "\(spool)/\(name)")
            try write(name)
        }
        for job in jobs { await source.settled(job.ended(.done)) }
        #expect(lines.all.count { $0.hasSuffix("a spooled file was not moved, which is tried again") } == 1)
        #expect(source.problem?.hasPrefix("2 spooled files were not moved: ") == true)
        for name in ["done", "failed"] { try FileManager.default.removeItem(atPath: "\(spool)/\(name)") }
        try moveIn("c")
        #expect(try await names(source) == ["c"])
        #expect(exists("done/a") && exists("done/b"))
        #expect(source.problem == nil)
    }

    @Test("moves no file through a link", arguments: ["done", "failed"])
    func linkedDestination(name: String) async throws {
        let source = try source()
        try FileManager.default.createDirectory(atPath: workplace.path("elsewhere"), withIntermediateDirectories: true)
        try #require(symlink(workplace.path("elsewhere"), "\(spool)/\(name)") == 0)
        await #expect(throws: SpoolFault.notADirectory(path: "\(spool)/\(name)")) { try await self.names(source) }
        let faults = #expect(throws: ConfigurationFaults.self) { try self.source() }
        #expect(faults.map { "\($0)" }?.contains("'\(name)' is no directory") == true)
    }

    @Test("removes what a killed process has left unfinished in done and failed, and nothing else")
    func leftovers() async throws {
        for name in ["done", "failed"] {
            try makeDirectory(name)
            try write("\(name)/.kata.17.tmp")
            try write("\(name)/.kata.x.tmp")
        }
        let open = try writer("done/.kata.18.tmp")
        defer { withExtendedLifetime(open) {} }
        let source = try source()
        try write("a")
        _ = try await names(source)
        try await #expect(
            eventually {
                try listing("done") == [".kata.18.tmp", ".kata.x.tmp"] && listing("failed") == [".kata.x.tmp"]
            })
        await source.stop()
    }

    @Test("tells of names that can't be items")
    func oddName() async throws {
        let bytes: [CChar] = Array("\(spool)/b".utf8CString.dropLast()) + [-1, 0]
        let descriptor = open(bytes, O_WRONLY | O_CREAT, 0o600)
        try #require(descriptor >= 0)
        close(descriptor)
        try write("a")
        #expect(try await names(source()) == ["a"])
        // A process that another test starts just then has the file open for a moment.
        let told = lines.all.filter { $0 != "a spooled file is being written" }
        #expect(told == ["a spooled file is left alone: its name is not valid UTF-8"])
    }

    func source() throws -> SpoolSource {
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(.map(["directory": .text(spool)]), title: "the producer", report: report)
        let lines = lines
        let logger = Logger(label: "test") { _ in LogLines(lines) }
        let source = SpoolSource(configuration: &section, context: PluginContext(logger: logger))
        section.finish()
        try report.throwIfFaulty()
        return source
    }

    func names(_ source: SpoolSource) async throws -> [String] {
        let batch = try await source.items(from: .start, run: run, limit: 10)
        return batch.items.map { String($0.dropFirst(spool.count + 1)) }
    }

    /// The jobs of the next files, as a store would keep them.
    func records(
        _ source: SpoolSource, firstID: Job.ID = 1, count: Int = 1
    ) async throws -> [JobRecord] {
        var jobs: [NewJob] = []
        // A process that another test starts has all open files for a moment, and a file that is open for writing waits.
        while jobs.count < count {
            let batch = try await source.items(from: .start, run: run, limit: 10)
            if case .jobs(let more) = batch.content { jobs += more }
        }
        return zip(firstID..., jobs).map { id, job in
            JobRecord(
                job: Job(id: id, runID: run.id, item: job.item), pipeline: "p", state: .pending,
                uniqueKey: job.uniqueKey, createdAt: Timestamp(milliseconds: 0))
        }
    }

    /// The job of the next file, which is the only one.
    func record(_ source: SpoolSource, id: Job.ID, name: String = "x") async throws -> JobRecord {
        let records = try await records(source, firstID: id)
        try #require(records.map(\.job.item) == ["\(spool)/\(name)"])
        return records[0]
    }

    func makeDirectory(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: "\(spool)/\(name)", withIntermediateDirectories: true)
    }

    func write(_ name: String, _ text: String = "text") throws {
        try text.write(toFile: "\(spool)/\(name)", atomically: false, encoding: .utf8)
    }

    func moveIn(_ name: String, _ text: String = "text") throws {
        try workplace.write(text, to: "outside")
        try #require(rename(workplace.path("outside"), "\(spool)/\(name)") == 0)
    }

    /// Begins to write a file, in one go with making it.
    func writer(_ name: String) throws -> FileHandle {
        let descriptor = open("\(spool)/\(name)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Data("half a".utf8))
        return file
    }

    /// The names of what is in a directory, in order.
    func listing(_ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(spool)/\(name)").sorted()
    }

    func exists(_ name: String) -> Bool { access("\(spool)/\(name)", F_OK) == 0 }
}

extension JobRecord {
    func ended(_ state: JobState) -> JobRecord {
        var record = self
        record.state = state
        return record
    }
}
