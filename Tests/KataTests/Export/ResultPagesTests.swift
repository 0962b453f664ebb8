import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("The pages of an export")
struct ResultPagesTests {
    private let store = MemoryJobStore()

    @Test("are the lines of all results if nothing else is asked for", arguments: [0, 1, 1_999, 2_000, 2_001, 4_500])
    func all(count: Int) async throws {
        let items = (0..<count).map(String.init)
        try await record("a", items)
        let expected = items.map { "c1 | \($0)\n" }.joined()
        try await #expect(text(ResultSelection()) == expected)
    }

    @Test("are small in bytes, too, however few items that is")
    func large() async throws {
        let item = String(repeating: "\u{1}", count: StorePage.budget / 4)
        let run = try store.openRun()
        for _ in 0..<9 { try await store.complete(store.submit(NewJob(item: item), to: run)) }
        var sizes: [Int] = []
        for try await page in try await ResultPages(ResultSelection(), in: store) { sizes.append(page.count) }
        // As a control character has six bytes in the file.
        let line = 6 * item.utf8.count + "c1 | \n".utf8.count
        #expect(sizes == [4 * line, 4 * line, line])
    }

    @Test("are nothing for an empty store")
    func empty() async throws {
        try await #expect(text(ResultSelection()) == "")
        try await #expect(text(ResultSelection(runs: .latest)) == "")
    }

    @Test("are those of the runs that were asked for")
    func selection() async throws {
        for (pipeline, item) in [("a", "a1"), ("b", "b1"), ("a", "a2")] { try await record(pipeline, [item]) }
        try await #expect(text(ResultSelection(pipeline: "a")) == "c1 | a1\nc1 | a2\n")
        try await #expect(text(ResultSelection(pipeline: "a", runs: .latest)) == "c1 | a2\n")
        try await #expect(text(ResultSelection(runs: .latest)) == "c1 | b1\nc1 | a2\n")
        try await #expect(text(ResultSelection(runs: .one(2))) == "c1 | b1\n")
    }

    @Test("keep to the runs that were there when they were asked for")
    func settled() async throws {
        try await record("a", ["a1"])
        let pages = try await ResultPages(ResultSelection(runs: .latest), in: store)
        try await record("a", ["a2"])
        try await #expect(text(pages) == "c1 | a1\n")
    }

    @Test("begin with a header where the format has one, also if there is no result")
    func header() async throws {
        let header = "job_id,run_id,pipeline,consumer_id,item,attempt,started_at,finished_at\n"
        func lines(_ format: ExportFormat) async throws -> [Substring] {
            let pages = try await ResultPages(ResultSelection(), in: store, format: format)
            return try await text(pages).split(separator: "\n")
        }
        try await #expect(lines(.csv) == [header.dropLast()])
        try await #expect(lines(.ndjson).isEmpty)
        try await record("a", (0..<2_001).map(String.init))
        let rows = try await lines(.csv)
        #expect(rows.count == 2_002)
        #expect(rows.count { $0 == header.dropLast() } == 1)
        try await #expect(lines(.ndjson).count == 2_001)
    }

    @Test("need runs that are there")
    func notFound() async throws {
        try await record("a", ["a1"])
        try await record("b", ["b1"])
        await #expect(throws: ResultsNotFound.pipeline("c")) { try await text(ResultSelection(pipeline: "c")) }
        await #expect(throws: ResultsNotFound.run(3)) { try await text(ResultSelection(runs: .one(3))) }
        await #expect(throws: ResultsNotFound.run(2)) {
            try await text(ResultSelection(pipeline: "a", runs: .one(2)))
        }
        await #expect(throws: ResultsNotFound.pipeline("c")) {
            try await text(ResultSelection(pipeline: "c", runs: .latest))
        }
    }

    @Test("are asked for by a run's number, by latest or by all")
    func runs() {
        #expect(ResultSelection.Runs("all") == .all)
        #expect(ResultSelection.Runs("latest") == .latest)
        #expect(ResultSelection.Runs("17") == .one(17))
        for text in ["", "0", "-1", "All", "1.0", " 1", "first", "99999999999999999999"] {
            #expect(ResultSelection.Runs(text) == nil, "\(text)")
        }
    }

    private func record(_ pipeline: String, _ items: [String]) async throws {
        let (run, jobs) = try await store.run(pipeline, items: items)
        try store.transaction { transaction in
            for job in jobs { _ = try transaction.completes(.sample(of: job)) }
        }
        try store.finish(run, elapsed: .zero)
    }

    private func text(_ selection: ResultSelection) async throws -> String {
        try await text(ResultPages(selection, in: store))
    }

    private func text(_ pages: ResultPages) async throws -> String {
        var text = ""
        for try await page in pages { text += String(decoding: page, as: UTF8.self) }
        return text
    }
}
