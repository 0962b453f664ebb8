import KataTestSupport
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
        "is written anew after somebody else changed its length, or removed it",
        arguments: ["", "c1 | 0", "more than that", nil])
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

    @Test("keeps a pipeline from starting if its file can't be made")
    func unwritable() async throws {
        let path = directory.path("missing/out")
        let fixture = PipelineFixture(store: store, export: path)
        let error = await #expect(throws: FileError.self) { try await fixture.run() }
        #expect(error?.path.hasPrefix(path) == true)
        try await #expect(store.latestRun(pipeline: "p") == nil)
    }
}
