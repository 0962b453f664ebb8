import Kata
import Testing

extension JobStoreBehaviour {
    static func checkCompletedOnce(_ store: any JobStore) async throws {
        let (_, jobs) = try await store.run("a", items: ["x", "y"])
        #expect(try store.complete(jobs[0], by: "c1"))
        for outcome in [Completion.Outcome.done, .failed(reason: "late")] {
            #expect(try !store.complete(jobs[0], by: "c2", outcome))
        }
        try await #expect(store.lines() == ["c1 | x"])
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 1, done: 1))
    }

    static func checkOtherOutcomeRefused(_ store: any JobStore) async throws {
        let (_, jobs) = try await store.run("a", items: ["x"])
        #expect(try store.complete(jobs[0], .failed(reason: "no")))
        #expect(try !store.complete(jobs[0], .done))
        try await #expect(store.lines().isEmpty)
        try await #expect(store.counts(pipeline: "a") == JobCounts(failed: 1))
    }

    static func checkCompletedOnceInTransaction(_ store: any JobStore) async throws {
        let (_, jobs) = try await store.run("a", items: ["x"])
        let answers = try store.transaction { transaction in
            try ["c1", "c2", "c3"].map { try transaction.completes(.sample(of: jobs[0], by: $0)) }
        }
        #expect(answers == [true, false, false])
        try await #expect(store.lines() == ["c1 | x"])
    }

    static func checkWrongAttempt(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: ["x"])
        for attempt in [0, 2] {
            let other = Job(id: jobs[0].id, runID: run.id, item: "x", attempt: attempt)
            #expect(try !store.complete(other))
        }
        try await #expect(store.lines().isEmpty)
        try await #expect(store.pendingJobs(run: run.id, after: 0, limit: 10) == jobs)
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 1))
    }

    static func checkUnknownJob(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: ["x"])
        for id in [-1, 0, jobs[0].id + 1, .max] {
            #expect(try !store.complete(Job(id: id, runID: run.id, item: "x", attempt: 1)))
        }
        try await #expect(store.lines().isEmpty)
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 1))
    }

    static func checkFailedWithoutResult(_ store: any JobStore) async throws {
        let (run, jobs) = try await store.run("a", items: ["1", "2"])
        #expect(try store.complete(jobs[0], .failed(reason: "'no';\n")))
        #expect(try store.complete(jobs[1]))
        try await #expect(store.lines() == ["c1 | 2"])
        try await #expect(store.consumerTotals(run: run.id) == [ConsumerTotal(consumerID: "c1", items: 1, total: 2)])
        try await #expect(store.latestRun(pipeline: "a")?.counts == JobCounts(done: 1, failed: 1))
    }
}
