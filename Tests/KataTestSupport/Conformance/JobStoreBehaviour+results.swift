import Kata
import Testing

extension JobStoreBehaviour {
    static func checkResultOrder(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: ["0", "1", "2", "3"])
        try store.complete(jobs[2], by: "c3")
        try store.transaction { transaction in
            _ = try transaction.completes(.sample(of: jobs[3], by: "c2"))
            _ = try transaction.completes(.sample(of: jobs[0], by: "c1"))
        }
        try store.complete(jobs[1], by: "c2")
        try await #expect(store.lines() == ["c3 | 2", "c2 | 3", "c1 | 0", "c2 | 1"])
        let results = try await store.results(ResultSelection(), after: 0, limit: 10)
        #expect(results.map(\.id) == Array(Set(results.map(\.id))).sorted())
        #expect(results.allSatisfy { $0.runID == run.id && $0.id > 0 })
    }

    static func checkResultPages(_ store: any JobStore) async throws {
        let (_, jobs) = try await store.run("a", items: (0..<5).map(String.init))
        for job in jobs { try store.complete(job) }
        let all = try await store.results(ResultSelection(), after: 0, limit: 10)
        let first = try await store.results(ResultSelection(), after: 0, limit: 3)
        let second = try await store.results(ResultSelection(), after: try #require(first.last).id, limit: 3)
        #expect(all.count == 5)
        #expect([first.count, second.count] == [3, 2])
        #expect(first + second == all)
        try await #expect(store.results(ResultSelection(), after: try #require(all.last).id, limit: 3).isEmpty)
    }

    static func checkLargeResultPages(_ store: any JobStore) async throws {
        let large = String(repeating: "x", count: StorePage.budget / 2)
        let items = [large, "1", large, "3", String(repeating: "y", count: 2 * StorePage.budget), "5"]
        let run = try store.openRun()
        for item in items { try await store.complete(store.submit(NewJob(item: item), to: run)) }
        var pages: [[String]] = []
        var last: JobResult.ID = 0
        while true {
            let page = try await store.results(ResultSelection(), after: last, limit: 100)
            guard let end = page.last else { break }
            pages.append(page.map(\.item))
            last = end.id
        }
        #expect(pages.map(\.count) == [3, 2, 1])
        #expect(pages.flatMap { $0 } == items)
    }

    static func checkResultsOfPipeline(_ store: any JobStore) async throws {
        try await twoRunsOfTwoPipelines(store)
        try await #expect(store.lines(ResultSelection(pipeline: "a")) == ["c1 | a1", "c1 | a2"])
        try await #expect(store.lines(ResultSelection(pipeline: "b")) == ["c1 | b1", "c1 | b2"])
        try await #expect(store.lines(ResultSelection(pipeline: "A")).isEmpty)
        try await #expect(store.lines() == ["c1 | a1", "c1 | b1", "c1 | a2", "c1 | b2"])
    }

    static func checkResultsOfLatest(_ store: any JobStore) async throws {
        try await twoRunsOfTwoPipelines(store)
        try await #expect(store.lines(ResultSelection(pipeline: "a", runs: .latest)) == ["c1 | a2"])
        try await #expect(store.lines(ResultSelection(runs: .latest)) == ["c1 | a2", "c1 | b2"])
        try await store.run("a", items: ["a3"])
        try await #expect(store.lines(ResultSelection(pipeline: "a", runs: .latest)).isEmpty)
        try await #expect(store.lines(ResultSelection(runs: .latest)) == ["c1 | b2"])
    }

    static func checkResultsOfOneRun(_ store: any JobStore) async throws {
        let runs = try await twoRunsOfTwoPipelines(store)
        try await #expect(store.lines(ResultSelection(pipeline: "a", runs: .one(runs[0]))) == ["c1 | a1"])
        try await #expect(store.lines(ResultSelection(runs: .one(runs[3]))) == ["c1 | b2"])
        try await #expect(store.lines(ResultSelection(pipeline: "a", runs: .one(runs[1]))).isEmpty)
        try await #expect(store.lines(ResultSelection(runs: .one(runs[3] + 1))).isEmpty)
        try await #expect(store.lines(ResultSelection(runs: .only([runs[3], runs[0]]))) == ["c1 | a1", "c1 | b2"])
        try await #expect(store.lines(ResultSelection(runs: .only([]))).isEmpty)
    }

    static func checkRunIDs(_ store: any JobStore) async throws {
        try await #expect(store.runIDs(in: ResultSelection()).isEmpty)
        let runs = try await twoRunsOfTwoPipelines(store)
        let last = try await store.run("a", items: ["a3"]).run.id
        let expectations: [(ResultSelection, [Run.ID])] = [
            (ResultSelection(), runs + [last]),
            (ResultSelection(pipeline: "a"), [runs[0], runs[2], last]),
            (ResultSelection(runs: .latest), [runs[3], last]),
            (ResultSelection(pipeline: "a", runs: .latest), [last]),
            (ResultSelection(pipeline: "b", runs: .latest), [runs[3]]),
            (ResultSelection(runs: .only([last, runs[1], last + 1])), [runs[1], last]),
            (ResultSelection(pipeline: "a", runs: .only([last, runs[1]])), [last]),
            (ResultSelection(runs: .only([])), []),
            (ResultSelection(pipeline: "c"), []),
            (ResultSelection(pipeline: "c", runs: .latest), []),
        ]
        for (selection, expected) in expectations {
            try await #expect(store.runIDs(in: selection) == expected, "\(selection)")
        }
    }

    /// Runs a1, b1, a2 and b2, each with one item of that name, done in this order.
    @discardableResult
    private static func twoRunsOfTwoPipelines(_ store: any JobStore) async throws -> [Run.ID] {
        var ids: [Run.ID] = []
        for (pipeline, item) in [("a", "a1"), ("b", "b1"), ("a", "a2"), ("b", "b2")] {
            let (run, jobs) = try await store.run(pipeline, items: [item])
            try store.complete(jobs[0])
            try store.finish(run)
            ids.append(run.id)
        }
        return ids
    }

    static func checkLastDrain(_ store: any JobStore) async throws {
        let receipts = (1...3).map {
            DrainReceipt(finished: $0, wentBack: 10 * $0, cutOff: 100 * $0, at: Timestamp(milliseconds: Int64($0)))
        }
        try store.transaction { transaction in
            try transaction.saveDrain(receipts[0], of: "a")
            try transaction.saveDrain(receipts[1], of: "b")
        }
        try store.transaction { try $0.saveDrain(receipts[2], of: "a") }
        try await #expect(store.lastDrain(pipeline: "a") == receipts[2])
        try await #expect(store.lastDrain(pipeline: "b") == receipts[1])
        try await #expect(store.lastDrain(pipeline: "c") == nil)
    }
}
