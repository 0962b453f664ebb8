import Glibc
import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("The live export", .timeLimit(.minutes(10)))
struct LiveExportTests {
    private let directory: TemporaryDirectory
    private let store = MemoryJobStore()
    private var export: LiveExport { LiveExport(path: directory.path("out"), pipeline: "a", store: store) }

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("is an empty file before there are results")
    func empty() async throws {
        try await export.catchUp()
        try #expect(directory.read("out") == "")
    }

    @Test("holds what was recorded before, and appends what comes")
    func appends() async throws {
        let (_, jobs) = try await store.run("a", items: ["0", "1", "2"])
        try store.complete(jobs[1], by: "c2")
        let export = export
        try await export.catchUp()
        try #expect(directory.read("out") == "c2 | 1\n")
        try store.complete(jobs[0], by: "c1")
        try store.complete(jobs[2], by: "c2")
        try await export.catchUp()
        try await export.catchUp()
        try #expect(directory.read("out") == "c2 | 1\nc1 | 0\nc2 | 2\n")
    }

    @Test("leaves out other pipelines, and jobs that failed")
    func selection() async throws {
        let own = try await store.run("a", items: ["0", "1"]).jobs
        let other = try await store.run("b", items: ["2"]).jobs
        try store.complete(own[0], .failed(reason: "no"))
        try store.complete(other[0])
        try store.complete(own[1])
        try await export.catchUp()
        try #expect(directory.read("out") == "c1 | 1\n")
    }

    @Test(
        "is written anew after somebody else changed it, whatever its length, or removed it",
        arguments: ["", "c1 | 0", "c2 | 7\n", nil])
    func repairs(content: String?) async throws {
        let (_, jobs) = try await store.run("a", items: ["0", "1"])
        try store.complete(jobs[0])
        let export = export
        try await export.catchUp()
        if let content { try directory.write(content, to: "out") } else { try directory.remove("out") }
        try store.complete(jobs[1])
        try await export.catchUp()
        try #expect(directory.read("out") == "c1 | 0\nc1 | 1\n")
        try #expect(directory.names() == ["out"])
    }

    @Test("takes more results than fit on a page")
    func pages() async throws {
        let items = (0..<4_500).map(String.init)
        let (_, jobs) = try await store.run("a", items: items)
        let export = export
        try await export.catchUp()
        try store.transaction { transaction in
            for job in jobs { _ = try transaction.completes(.sample(of: job)) }
        }
        try await export.catchUp()
        let expected = items.map { "c1 | \($0)\n" }.joined()
        try #expect(directory.read("out") == expected)
        try await self.export.catchUp()
        try #expect(directory.read("out") == expected)
    }

    @Test("equals the results of a pipeline, run after run")
    func pipeline() async throws {
        let fixture = PipelineFixture(store: store, itemCount: 100, workerCount: 3, export: directory.path("out"))
        for run in 1...3 {
            try await fixture.run()
            let lines = try await store.lines()
            #expect(lines.count == 100 * run)
            try #expect(directory.read("out") == lines.map { $0 + "\n" }.joined())
        }
    }

    @Test("is up to date while its pipeline works")
    func whileWorking() async throws {
        let gates = Gates()
        let handler = TestHandler(gates: gates)
        let fixture = PipelineFixture(
            store: store, itemCount: 3, workerCount: 1, export: directory.path("out"), handler: handler
        )
        try await fixture.whileRunning(.once) { [directory] _ in
            for item in 0..<3 {
                try await gates.waitForArrival(at: "\(item)")
                try await #expect(
                    eventually { try directory.read("out") == (0..<item).map { "c1 | \($0)\n" }.joined() })
                gates.open("\(item)")
            }
        }
        try #expect(directory.read("out") == "c1 | 0\nc1 | 1\nc1 | 2\n")
    }

    @Test(
        "does not take the place of what is no export",
        arguments: ["notes\n", "token", "c1 | 0\nsome notes", "c1 - 0\n", "c1 | tab\t\n", #"c1 | \x"# + "\n", "\n"])
    func foreign(content: String) async throws {
        try directory.write(content, to: "out")
        let error = await #expect(throws: FileError.self) { try await self.export.catchUp() }
        #expect(error?.code == EEXIST)
        try #expect(directory.read("out") == content)
        try #expect(directory.names() == ["out"])
    }

    @Test(
        "takes the place of an export, one that was cut included",
        arguments: ["c1 | 0\n", "c1 | 0\nc1", "c1 | 0\nc1 |", "a.b | \\n\nc"])
    func former(content: String) async throws {
        try directory.write(content, to: "out")
        try await export.catchUp()
        try #expect(directory.read("out") == "")
    }

    @Test("does not go on in a file that was put in its place, and leaves it")
    func replaced() async throws {
        let (_, jobs) = try await store.run("a", items: ["0", "1"])
        try store.complete(jobs[0])
        let export = export
        try await export.catchUp()
        // As long as the export.
        try directory.write("mine!!\n", to: "other")
        try #require(rename(directory.path("other"), directory.path("out")) == 0)
        try store.complete(jobs[1])
        await #expect(throws: FileError.self) { try await export.catchUp() }
        try #expect(directory.read("out") == "mine!!\n")
        try directory.remove("out")
        try await export.catchUp()
        try #expect(directory.read("out") == "c1 | 0\nc1 | 1\n")
    }

    @Test("does not wait for the other end of a pipe", .timeLimit(.minutes(1)))
    func pipe() async throws {
        try #require(mkfifo(directory.path("out"), 0o600) == 0)
        await #expect(throws: FileError.self) { try await self.export.catchUp() }
        try #expect(directory.names() == ["out"])
    }

    @Test("follows no link of another user", .enabled(if: geteuid() == 0, "only root can make one"))
    func plantedLink() async throws {
        try #require(symlink("target", directory.path("out")) == 0)
        try #require(lchown(directory.path("out"), 65_534, 65_534) == 0)
        let error = await #expect(throws: FileError.self) { try await self.export.catchUp() }
        #expect(error?.code == EPERM)
        try #expect(directory.names() == ["out"])
    }

    @Test("forgets what is pruned")
    func pruned() async throws {
        let (_, jobs) = try await store.run("a", items: ["0", "1"])
        for job in jobs { try store.complete(job) }
        let fixture = PipelineFixture(name: "a", store: store, export: directory.path("out"), source: TestInbox())
        try await fixture.withPipeline { [directory] pipeline in
            async let run: Void = pipeline.run(.untilDrained)
            try await #require(eventually { Self.text(directory, "out") == "c1 | 0\nc1 | 1\n" })
            let count = try await pipeline.prune(
                [jobs[0].id], .done, finishedBefore: Timestamp(milliseconds: 9_000_000_000_000))
            #expect(count == 1)
            try await #require(eventually { Self.text(directory, "out") == "c1 | 1\n" })
            pipeline.drain()
            try await run
        }
    }

    @Test("that can't be made is shown and tried again, and its pipeline works")
    func unwritable() async throws {
        let fixture = PipelineFixture(store: store, export: directory.path("later/out"), source: TestInbox())
        try await fixture.withPipeline { [directory, store] pipeline in
            async let run: Void = pipeline.run(.untilDrained)
            let id = try await pipeline.submit([NewJob(item: "x")])[0].id
            try await fixture.wait(for: id, toBe: .done)
            #expect(pipeline.status().problems.count == 1)
            #expect(pipeline.status().problems.first?.contains("No such file or directory") == true)
            try #require(mkdir(directory.path("later"), 0o700) == 0)
            let lines = try await store.lines().map { $0 + "\n" }.joined()
            try await #require(eventually { Self.text(directory, "later/out") == lines })
            try await #require(eventually { pipeline.status().problems.isEmpty })
            pipeline.drain()
            try await run
        }
    }

    @Test("that is not up to date in the end is an error for whoever waits for it")
    func unwritableOnce() async throws {
        let path = directory.path("missing/out")
        let fixture = PipelineFixture(store: store, export: path)
        let error = await #expect(throws: FileError.self) { try await fixture.run() }
        #expect(error?.path.hasPrefix(path) == true)
        try await #expect(store.lines().count == 10)
    }

    /// `nil` as long as there is no such file.
    private static func text(_ directory: TemporaryDirectory, _ name: String) -> String? {
        try? directory.read(name)
    }
}
