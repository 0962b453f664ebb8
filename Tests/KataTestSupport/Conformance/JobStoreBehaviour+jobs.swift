import Kata
import Testing

extension JobStoreBehaviour {
    static func checkAddedInOrder(_ store: any JobStore) async throws {
        let (run, first) = try await store.run("a", items: ["b", "a", "b"], progress: .at(cursor: "3"))
        try await store.add(["0", "9"], to: run.id)
        let jobs = try await store.pendingJobs(run: run.id, after: 0, limit: 10)
        #expect(jobs.map(\.item) == ["b", "a", "b", "0", "9"])
        #expect(jobs.prefix(3) == first[...])
        #expect(jobs.map(\.id) == Array(Set(jobs.map(\.id))).sorted())
        #expect(jobs.allSatisfy { $0.runID == run.id && $0.attempt == 1 && $0.id > 0 })
    }

    static func checkProgress(_ store: any JobStore) async throws {
        let (run, _) = try await store.run("a", items: ["0"], progress: .start)
        for progress in [SourceProgress.at(cursor: "1"), .at(cursor: ""), .at(cursor: "é\n| '\""), .exhausted] {
            try await store.add(["1"], to: run.id, progress: progress)
            try await #expect(store.unfinishedRun(pipeline: "a")?.progress == progress)
            try await #expect(store.latestRun(pipeline: "a")?.progress == progress)
        }
    }

    static func checkAddedNothing(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: [], progress: .exhausted)
        #expect(jobs.isEmpty)
        try await #expect(store.latestRun(pipeline: "a")?.progress == .exhausted)
        try await #expect(store.latestRun(pipeline: "a")?.counts == JobCounts())
        try await #expect(store.pendingJobs(run: run.id, after: 0, limit: 10).isEmpty)
    }

    static func checkUnknownRun(_ store: any JobStore) async throws {
        let run = try await store.run("a", items: ["x"]).run
        let unknown = run.id + 1
        #expect(throws: StoreError.unknownRun(unknown)) {
            try store.transaction { try $0.add(items: ["y"], to: unknown, progress: .exhausted, at: .sampleStart) }
        }
        try await #expect(store.pendingJobs(run: unknown, after: 0, limit: 10).isEmpty)
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 1))
    }

    static func checkPendingPages(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: (0..<10).map(String.init))
        var pages: [[Job]] = []
        while pages.last?.isEmpty != true, pages.count < 10 {
            let after = pages.last?.last?.id ?? 0
            pages.append(try await store.pendingJobs(run: run.id, after: after, limit: 4))
        }
        #expect(pages.map(\.count) == [4, 4, 2, 0])
        #expect(pages.flatMap { $0 } == jobs)
    }

    static func checkPendingOfRun(_ store: any JobStore) async throws {
        let first = try await store.run("a", items: ["x"])
        let second = try await store.run("b", items: ["y"])
        let third = try await store.add(["z"], to: first.run.id)
        try await #expect(store.pendingJobs(run: first.run.id, after: 0, limit: 10) == first.jobs + third)
        try await #expect(store.pendingJobs(run: second.run.id, after: 0, limit: 10) == second.jobs)
    }

    static func checkPendingUnfinished(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: (0..<6).map(String.init))
        try store.complete(jobs[1])
        try store.complete(jobs[3], .failed(reason: "no"))
        try await #expect(
            store.pendingJobs(run: run.id, after: 0, limit: 3) == [jobs[0], jobs[2], jobs[4]],
            "finished jobs take no place on the page"
        )
        try await #expect(store.pendingJobs(run: run.id, after: jobs[2].id, limit: 10) == [jobs[4], jobs[5]])
    }

    static func checkCounts(_ store: any JobStore) async throws {
        let first = try await store.run("a", items: ["1", "2", "3"])
        try store.complete(first.jobs[0])
        try store.complete(first.jobs[1], .failed(reason: "no"))
        try store.complete(first.jobs[2])
        try store.finish(first.run)
        let second = try await store.run("a", items: ["4", "5"])
        try store.complete(second.jobs[1], .failed(reason: "no"))
        try await store.run("b", items: ["6"])

        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 1, done: 2, failed: 2))
        try await #expect(store.counts(pipeline: "b") == JobCounts(pending: 1))
        try await #expect(store.latestRun(pipeline: "a")?.counts == JobCounts(pending: 1, failed: 1))
    }

    static func checkManyItems(_ store: any JobStore) async throws {
        let count = 50_000
        let items = (0..<count).map(String.init)
        let (run, _) = try await store.run("a", items: items)

        var last: Job.ID = 0
        var seen: [String] = []
        while true {
            let page = try await store.pendingJobs(run: run.id, after: last, limit: 5_000)
            guard let final = page.last else { break }
            last = final.id
            seen += page.map(\.item)
            try store.transaction { transaction in
                let effects = try transaction.complete(page.map { .sample(of: $0) })
                #expect(effects.count == page.count && !effects.contains { $0 == nil })
            }
        }
        #expect(seen == items)
        try await #expect(store.counts(pipeline: "a") == JobCounts(done: count))
        try await #expect(store.results(ResultSelection(), after: 0, limit: count + 1).map(\.item) == items)
        let total = Double(count * (count - 1) / 2)
        try await #expect(
            store.consumerTotals(run: run.id) == [ConsumerTotal(consumerID: "c1", items: count, total: total)]
        )
    }
}
