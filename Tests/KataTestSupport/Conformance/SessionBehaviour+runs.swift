import Kata
import Testing

extension SessionBehaviour {
    static func checkEnded(_ store: any JobStore) async throws {
        let run = try store.openRun()
        for state in [JobState.done, .failed, .cancelled] { _ = try await store.job(state, in: run) }
        try await store.add([], to: run.id, progress: .exhausted)
        _ = try begin(run, in: store)
        #expect(try end(run, elapsed: .milliseconds(1_094), at: .sampleEnd, in: store))
        let expected = Run(
            id: run.id, pipeline: "a", items: nil, progress: .exhausted,
            counts: JobCounts(done: 1, failed: 1, cancelled: 1), elapsed: .milliseconds(1_094),
            startedAt: .sampleStart, finishedAt: .sampleEnd)
        try await #expect(store.latestRun(pipeline: "a") == expected)
        try await #expect(store.unfinishedRun(pipeline: "a") == nil)
        try await #expect(store.unfinishedRuns() == [])
    }

    static func checkNotEnded(_ store: any JobStore) async throws {
        let run = try store.openRun()
        for (second, progress) in [(1, SourceProgress.start), (2, .at(cursor: "2"))] {
            try await store.add([], to: run.id, progress: progress)
            #expect(try !end(run, elapsed: .seconds(second), in: store), "\(progress)")
            try await #expect(store.unfinishedRun(pipeline: "a")?.elapsed == .seconds(second))
        }
        try await store.add([], to: run.id, progress: .exhausted)
        for state in [JobState.pending, .scheduled] {
            let id = try await store.job(state, in: run)
            #expect(try !end(run, elapsed: .seconds(3), in: store), "\(state)")
            try await #expect(store.unfinishedRun(pipeline: "a")?.finishedAt == nil)
            _ = try store.transaction { try $0.cancel(id, at: .sampleEnd) }
        }
        #expect(try end(run, in: store))
    }

    static func checkEndless(_ store: any JobStore) async throws {
        let run = try store.openRun()
        #expect(run == Run(id: run.id, pipeline: "a", items: nil, startedAt: .sampleStart))
        try await #expect(store.unfinishedRun(pipeline: "a") == run)
        try await #expect(store.unfinishedRuns() == [run])
        #expect(try begin(run, in: store).run == run)
    }

    static func checkReopened(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: ["0", "1"])
        for job in jobs { try store.complete(job, .failed(reason: "no")) }
        try store.finish(run, elapsed: .seconds(7))
        var expected = try await store.latestRun(pipeline: "a")
        expected?.finishedAt = nil
        for _ in 1...2 {
            try store.transaction { try $0.reopenRun(run.id) }
            try await #expect(store.unfinishedRun(pipeline: "a") == expected)
        }
        #expect(try end(run, elapsed: .seconds(8), in: store))
        try await #expect(store.latestRun(pipeline: "a")?.finishedAt == .sampleEnd)
    }

    static func checkReopenRefused(_ store: any JobStore) async throws {
        let (first, _) = try await store.run("a", items: [])
        try store.finish(first)
        let before = try await store.latestRun(pipeline: "a")
        let second = try store.openRun()
        #expect(throws: StoreError.runUnfinished(pipeline: "a", run: second.id)) {
            try store.transaction { try $0.reopenRun(first.id) }
        }
        try await store.add([], to: second.id, progress: .exhausted)
        #expect(try end(second, in: store))
        try await #expect(store.unfinishedRun(pipeline: "a") == nil)
        try store.transaction { try $0.reopenRun(first.id) }
        try await #expect(store.unfinishedRun(pipeline: "a")?.id == before?.id)
        try await #expect(store.latestRun(pipeline: "a")?.id == second.id)
    }

    static func checkUnfinishedRun(_ store: any JobStore) throws {
        func unfinished(_ pipeline: String) throws -> Run.ID? {
            try store.transaction { try $0.unfinishedRun(pipeline: pipeline) }
        }
        #expect(try unfinished("a") == nil)
        let run = try store.openRun()
        #expect(try unfinished("a") == run.id)
        #expect(try unfinished("b") == nil)
        try store.finish(run)
        #expect(try unfinished("a") == nil)
        let started = try store.transaction { transaction in
            let run = try transaction.startRun(pipeline: "a", items: nil, at: .sampleEnd)
            #expect(try transaction.unfinishedRun(pipeline: "a") == run.id)
            return run
        }
        #expect(started.id > run.id)
    }
}
