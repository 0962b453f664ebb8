import Kata
import Testing

extension SubmissionBehaviour {
    static func checkInOrder(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let time = Timestamp.sample(after: .seconds(1))
        let due = Timestamp.sample(after: .seconds(60))
        var traced = NewJob(item: "traced")
        traced.traceParent = TraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        let new = [
            traced, NewJob(item: "plain"),
            NewJob(
                item: "full", priority: -100, runAt: due, uniqueKey: "k | 'é'", maxAttempts: 1_000,
                timeout: .milliseconds(1)),
            NewJob(item: "", priority: 100, maxAttempts: 1, timeout: .seconds(365 * 24 * 3_600)),
        ]
        let submitted = try store.submit(new, to: run, at: time)
        #expect(submitted.allSatisfy { !$0.isDuplicate })
        #expect(submitted.map(\.id) == Array(Set(submitted.map(\.id))).sorted())
        for (submission, job) in zip(submitted, new) {
            let expected = JobRecord(
                job: job.job(id: submission.id, run: run.id),
                pipeline: "a",
                state: job.runAt == nil ? .pending : .scheduled,
                uniqueKey: job.uniqueKey,
                runAt: job.runAt,
                createdAt: time
            )
            try await #expect(store.record(submission.id) == expected)
        }
        try await #expect(store.jobs(JobFilter(), before: .max, limit: 10).count == 4)
        let pending = try await store.pendingJobs(run: run.id, after: 0, limit: 10)
        #expect(pending.map(\.traceParent) == [traced.traceParent, nil])
    }

    static func checkByTime(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let now = Timestamp.sampleStart
        let times: [Timestamp?] = [
            nil, Timestamp(milliseconds: 0), Timestamp(milliseconds: now.milliseconds - 1), now,
            Timestamp(milliseconds: now.milliseconds + 1), .sample(after: .seconds(400 * 24 * 3_600)),
        ]
        let ids = try store.submit(times.map { NewJob(item: "x", runAt: $0) }, to: run, at: now).map(\.id)
        var states: [JobState] = []
        for id in ids { states.append(try await store.record(id).state) }
        #expect(states == [.pending, .pending, .pending, .pending, .scheduled, .scheduled])
        try await #expect(store.pendingJobs(run: run.id, after: 0, limit: 10).map(\.id) == Array(ids.prefix(4)))
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 4, scheduled: 2))
    }

    static func checkNone(_ store: any JobStore) async throws {
        let run = try store.openRun()
        #expect(try store.submit([], to: run).isEmpty)
        try await #expect(store.counts(pipeline: "a") == JobCounts())
    }

    static func checkUnknownRun(_ store: any JobStore) async throws {
        let run = try store.openRun()
        #expect(throws: StoreError.unknownRun(run.id + 1)) {
            try store.transaction { transaction in
                try transaction.submit([NewJob(item: "x")], to: run.id + 1, uniqueFor: .zero, at: .sampleStart)
            }
        }
        try await #expect(store.pendingJobs(run: run.id + 1, after: 0, limit: 10).isEmpty)
    }

    static func checkCounted(_ store: any JobStore) async throws {
        let run = try store.openRun()
        try await store.add(["0", "1"], to: run.id, progress: .at(cursor: "2"))
        let later = NewJob(item: "later", runAt: .sampleEnd)
        try store.submit([NewJob(item: "2", priority: 7), later, NewJob(item: "3")], to: run)
        let other = try store.openRun("b")
        try store.submit([later], to: other)
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 4, scheduled: 1))
        try await #expect(store.latestRun(pipeline: "a")?.counts == JobCounts(pending: 4, scheduled: 1))
        try await #expect(store.latestRun(pipeline: "a")?.progress == .at(cursor: "2"))
        try await #expect(store.counts(pipeline: "b") == JobCounts(scheduled: 1))
    }
}
