import Kata
import Testing

extension SessionBehaviour {
    static func checkBegun(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: ["0", "1", "2"], progress: .at(cursor: "3"))
        try store.complete(jobs[0])
        try store.complete(jobs[1], .retry(reason: "no", at: .sampleEnd))
        #expect(try !end(run, elapsed: .milliseconds(1_094), in: store))
        let expected = Run(
            id: run.id, pipeline: "a", items: 3, progress: .at(cursor: "3"),
            counts: JobCounts(pending: 1, scheduled: 1, done: 1), elapsed: .milliseconds(1_094),
            startedAt: .sampleStart)
        #expect(
            try begin(run, in: store)
                == SessionStart(run: expected, otherCounts: JobCounts(), brokeOff: false, isPaused: false))
        try await #expect(store.unfinishedRun(pipeline: "a") == expected)
    }

    static func checkOtherCounts(_ store: any JobStore) async throws {
        for outcome in [Completion.Outcome.done, .failed(reason: "no")] {
            let (former, jobs) = try await store.run("a", items: ["0", "1"])
            for job in jobs { try store.complete(job, outcome) }
            try store.finish(former)
        }
        try await store.run("b", items: ["0"])
        let (run, jobs) = try await store.run("a", items: ["0", "1", "2"])
        try store.complete(jobs[0])
        let start = try begin(run, in: store)
        #expect(start.otherCounts == JobCounts(done: 2, failed: 2))
        #expect(start.run.counts == JobCounts(pending: 2, done: 1))
    }

    static func checkBrokeOff(_ store: any JobStore) async throws {
        let runs = try [store.openRun("a"), store.openRun("b")]
        #expect(try !begin(runs[0], in: store).brokeOff)
        #expect(try !begin(runs[1], in: store).brokeOff, "that is another run's")
        for _ in 1...2 { #expect(try begin(runs[0], in: store).brokeOff) }
        #expect(try !end(runs[0], in: store))
        #expect(try !begin(runs[0], in: store).brokeOff)
        #expect(try begin(runs[1], in: store).brokeOff)
    }

    static func checkInterrupted(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let other = try store.openRun("b")
        let ids = try (0..<3).map { _ in try store.submit(NewJob(item: "x"), to: run) }
        let foreign = try store.submit(NewJob(item: "x"), to: other)
        func interruptions() async throws -> [Int] {
            var counts: [Int] = []
            for id in ids + [foreign] { counts.append(try await store.record(id).job.interruptions) }
            return counts
        }
        _ = try begin(run, in: store)
        try mark([ids[0], ids[2], foreign], in: store)
        try mark([ids[0]], in: store)
        try await #expect(interruptions() == [0, 0, 0, 0], "they may still be finished")
        #expect(try begin(run, in: store).interrupted == 2)
        try await #expect(interruptions() == [1, 0, 1, 0])
        #expect(try begin(run, in: store).interrupted == 0)
        try await #expect(interruptions() == [1, 0, 1, 0], "they were not in hand again")
        try mark([ids[0]], in: store)
        _ = try begin(run, in: store)
        try await #expect(interruptions() == [2, 0, 1, 0])
        try await #expect(store.pendingJobs(run: run.id, after: 0, limit: 10).map(\.interruptions) == [2, 0, 1])
        _ = try begin(other, in: store)
        try await #expect(interruptions() == [2, 0, 1, 1])
        try await #expect(store.record(ids[0]).job.attempt == 1, "that costs no attempt")
    }

    static func checkMarksEnd(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let outcomes: [Completion.Outcome] = [
            .done, .failed(reason: "no"), .retry(reason: "no", at: .sampleEnd), .cutOff,
        ]
        let ids = try (0...outcomes.count).map { _ in try store.submit(NewJob(item: "x"), to: run) }
        try mark(ids, in: store)
        for (id, outcome) in zip(ids, outcomes) { try await store.complete(id, outcome) }
        _ = try store.transaction { try $0.cancel(ids[outcomes.count], at: .sampleEnd) }
        _ = try begin(run, in: store)
        var interruptions: [Int] = []
        for id in ids { interruptions.append(try await store.record(id).job.interruptions) }
        #expect(interruptions == [0, 0, 0, 0, 0])
    }

    static func checkMarksRefused(_ store: any JobStore) async throws {
        let run = try store.openRun()
        var ids: [Job.ID] = []
        for state in JobState.allCases { ids.append(try await store.job(state, in: run)) }
        try mark(ids + [0, ids[ids.count - 1] + 1], in: store)
        _ = try begin(run, in: store)
        for (id, state) in zip(ids, JobState.allCases) {
            try await #expect(store.record(id).job.interruptions == (state == .pending ? 1 : 0), "\(state)")
        }
    }

    static func checkSameTransaction(_ store: any JobStore) throws {
        try store.transaction { transaction in
            let run = try transaction.startRun(pipeline: "a", items: 2, at: .sampleStart)
            try transaction.add(items: ["0", "1"], to: run.id, progress: .exhausted, at: .sampleStart)
            let start = try transaction.beginSession(run: run.id)
            #expect(start.run.counts == JobCounts(pending: 2))
            #expect(start.run.progress == .exhausted)
            let ids = try transaction.submit([NewJob(item: "2")], to: run.id, uniqueFor: .zero, at: .sampleStart)
            for id in (ids[0].id - 2)...ids[0].id {
                #expect(try !transaction.endSession(run: run.id, elapsed: .zero, at: .sampleEnd))
                _ = try transaction.cancel(id, at: .sampleEnd)
            }
            #expect(try transaction.endSession(run: run.id, elapsed: .zero, at: .sampleEnd))
        }
    }

    static func checkUnknownRun(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let unknown = run.id + 1
        #expect(throws: StoreError.unknownRun(unknown)) {
            try store.transaction { try $0.beginSession(run: unknown) }
        }
        #expect(throws: StoreError.unknownRun(unknown)) {
            try store.transaction { try $0.endSession(run: unknown, elapsed: .zero, at: .sampleEnd) }
        }
        #expect(throws: StoreError.unknownRun(unknown)) { try store.transaction { try $0.reopenRun(unknown) } }
        try await #expect(store.latestRun(pipeline: "a") == run)
    }

    private static func mark(_ ids: [Job.ID], in store: any JobStore) throws {
        try store.transaction { try $0.markStarted(ids, at: .sampleStart) }
    }
}
