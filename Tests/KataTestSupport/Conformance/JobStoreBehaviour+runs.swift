import Kata
import Testing

extension JobStoreBehaviour {
    static func checkEmptyStore(_ store: any JobStore) async throws {
        try await #expect(store.unfinishedRun(pipeline: "a") == nil)
        try await #expect(store.latestRun(pipeline: "a") == nil)
        try await #expect(store.pendingJobs(run: 1, after: 0, limit: 10).isEmpty)
        try await #expect(store.counts(pipeline: "a") == JobCounts())
        try await #expect(store.results(ResultSelection(), after: 0, limit: 10).isEmpty)
        try await #expect(store.results(ResultSelection(runs: .latest), after: 0, limit: 10).isEmpty)
        try await #expect(store.consumerTotals(run: 1).isEmpty)
        try await #expect(store.lastDrain(pipeline: "a") == nil)
    }

    static func checkStartedRun(_ store: any JobStore) async throws {
        let run = try store.transaction { try $0.startRun(pipeline: "a | b", items: 100, at: .sampleStart) }
        #expect(run == Run(id: run.id, pipeline: "a | b", items: 100, startedAt: .sampleStart))
        try await #expect(store.unfinishedRun(pipeline: "a | b") == run)
        try await #expect(store.latestRun(pipeline: "a | b") == run)
    }

    static func checkLaterRuns(_ store: any JobStore) async throws {
        var ids: [Run.ID] = []
        var numbers: [Int] = []
        for pipeline in ["a", "b", "a", "b", "a"] {
            let run = try store.transaction { try $0.startRun(pipeline: pipeline, items: 0, at: .sampleStart) }
            try store.finish(run)
            ids.append(run.id)
            numbers.append(run.number)
        }
        #expect(numbers == [1, 1, 2, 2, 3])
        try await #expect(store.latestRun(pipeline: "b")?.number == 2)
        #expect(ids.first.map { $0 > 0 } == true)
        #expect(ids == Array(Set(ids)).sorted())
    }

    static func checkUnfinishedRefused(_ store: any JobStore) async throws {
        let first = try await store.run("a", items: ["x"]).run
        #expect(throws: StoreError.runUnfinished(pipeline: "a", run: first.id)) {
            try store.transaction { try $0.startRun(pipeline: "a", items: 7, at: .sampleStart) }
        }
        try await #expect(store.latestRun(pipeline: "a")?.id == first.id)
    }

    static func checkUnfinishedInTransactionRefused(_ store: any JobStore) async throws {
        #expect(throws: StoreError.self) {
            try store.transaction { transaction in
                _ = try transaction.startRun(pipeline: "a", items: 1, at: .sampleStart)
                _ = try transaction.startRun(pipeline: "a", items: 1, at: .sampleStart)
            }
        }
        try await #expect(store.latestRun(pipeline: "a") == nil)
    }

    static func checkPipelinesApart(_ store: any JobStore) async throws {
        let first = try await store.run("a", items: []).run
        let second = try await store.run("b", items: []).run
        try await #expect(store.unfinishedRun(pipeline: "a")?.id == first.id)
        try await #expect(store.unfinishedRun(pipeline: "b")?.id == second.id)
        try store.finish(first)
        try await #expect(store.unfinishedRun(pipeline: "a") == nil)
        try await #expect(store.unfinishedRun(pipeline: "b")?.id == second.id)
    }

    static func checkFinishedRun(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: ["x"])
        try store.complete(jobs[0])
        try store.finish(run, elapsed: .milliseconds(1_094))
        let finished = Run(
            id: run.id,
            pipeline: "a",
            items: 1,
            progress: .exhausted,
            counts: JobCounts(done: 1),
            elapsed: .milliseconds(1_094),
            startedAt: .sampleStart,
            finishedAt: .sampleEnd
        )
        try await #expect(store.latestRun(pipeline: "a") == finished)
        try await #expect(store.unfinishedRun(pipeline: "a") == nil)
    }

    static func checkLatestRun(_ store: any JobStore) async throws {
        let first = try await store.run("a", items: ["x"])
        try store.complete(first.jobs[0])
        try store.finish(first.run)
        let (second, jobs) = try await store.run("a", items: ["y", "z"])
        try await #expect(store.latestRun(pipeline: "a")?.id == second.id)
        for job in jobs { try store.complete(job) }
        try store.finish(second)
        try await #expect(store.latestRun(pipeline: "a")?.id == second.id)
    }

    static func checkElapsed(_ store: any JobStore) async throws {
        let run = try await store.run("a", items: ["x"]).run
        for elapsed in [Duration.milliseconds(1), .seconds(36 * 3_600) + .milliseconds(1), .milliseconds(250)] {
            #expect(try !store.transaction { try $0.endSession(run: run.id, elapsed: elapsed, at: .sampleEnd) })
            try await #expect(store.unfinishedRun(pipeline: "a")?.elapsed == elapsed)
        }
    }
}
