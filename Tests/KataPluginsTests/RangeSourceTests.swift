import Kata
import KataPlugins
import KataTestSupport
import Logging
import Testing

@Suite("The range source")
struct RangeSourceTests {
    private let run = Run(id: 1, pipeline: "p", items: 7, startedAt: Timestamp(milliseconds: 0))

    private func source(_ configuration: [String: String] = [:]) throws -> RangeSource {
        let origin = ConfigurationOrigin.setting("test")
        let entries = configuration.map { key, value in
            ConfigurationNode.Entry(key: key, keyOrigin: origin, node: .init(.scalar(value), origin: origin))
        }
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(.init(.map(entries), origin: origin), title: "test", report: report)
        let source = RangeSource(configuration: &section, context: PluginContext(logger: Logger(label: "test")))
        section.finish()
        try report.throwIfFaulty()
        return source
    }

    /// Reads a run as a pipeline does, each time going on from the progress that was saved.
    private func read(_ source: RangeSource, limit: Int) async throws -> [String] {
        var items: [String] = []
        var progress = SourceProgress.start
        while progress != .exhausted {
            let batch = try await source.items(from: progress, run: run, limit: limit)
            #expect(batch.items.count <= limit)
            #expect(!batch.items.isEmpty || batch.progress == .exhausted)
            items += batch.items
            progress = batch.progress
        }
        return items
    }

    @Test("emits the integers of a run in batches of any size", arguments: 1...9)
    func batches(limit: Int) async throws {
        #expect(try await read(source(), limit: limit) == ["0", "1", "2", "3", "4", "5", "6"])
    }

    @Test("starts where it is told to")
    func start() async throws {
        #expect(try await read(source(["start": "-3"]), limit: 4) == ["-3", "-2", "-1", "0", "1", "2", "3"])
    }

    @Test("emits nothing in an empty run")
    func empty() async throws {
        let run = Run(id: 1, pipeline: "p", items: 0, startedAt: Timestamp(milliseconds: 0))
        let batch = try await source().items(from: .start, run: run, limit: 10)
        #expect(batch == SourceBatch(items: [], progress: .exhausted))
    }

    @Test("refuses a cursor that it did not write", arguments: ["", "x", "-1", "8", "1.0"])
    func foreignCursor(cursor: String) async throws {
        let source = try source()
        await #expect(throws: (any Error).self) {
            try await source.items(from: .at(cursor: cursor), run: run, limit: 10)
        }
    }

    @Test("refuses a start that is no whole number")
    func faultyStart() {
        #expect(throws: ConfigurationFaults.self) { try source(["start": "one"]) }
    }

    @Test("does not say that there are no more if it is told not to, waits until nobody wants more, and says so")
    func unfinished() async throws {
        let source = try source(["finish": "false"])
        let batch = try await source.items(from: .start, run: run, limit: 10)
        #expect(batch.items.count == 7 && batch.progress == .at(cursor: "7") && source.problem == nil)
        // Beside this, because it does not return until it is cancelled.
        let waiting = Task { [run] in try await source.items(from: batch.progress, run: run, limit: 10) }
        #expect(try await eventually { source.problem?.contains("no more than its 7 items") == true })
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(source.problem == nil)
        // Told that it is to say so, it goes on from there.
        #expect(try await self.source().items(from: batch.progress, run: run, limit: 10).progress == .exhausted)
    }
}
