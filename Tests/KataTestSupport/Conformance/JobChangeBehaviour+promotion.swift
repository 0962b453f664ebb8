import Kata
import Testing

extension JobChangeBehaviour {
    static func checkPromoted(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let id = try store.submit(NewJob(item: "x", priority: 5, runAt: .sampleEnd), to: run)
        let early = Timestamp(milliseconds: Timestamp.sampleEnd.milliseconds - 1)
        #expect(try promote(run, dueBy: early, in: store).isEmpty)
        var expected = try await store.record(id)
        #expect(expected.state == .scheduled)

        #expect(try promote(run, dueBy: .sampleEnd, in: store) == [expected.job])
        expected.state = .pending
        try await #expect(store.record(id) == expected)
        try await #expect(store.pendingJobs(run: run.id, priority: 5, after: 0, limit: 10) == [expected.job])
        try await #expect(store.nextDue(run: run.id) == nil)
        #expect(try promote(run, dueBy: .sampleEnd, in: store).isEmpty, "once")
    }

    static func checkPromotedInOrder(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let seconds = [5, 3, 9, 3, 1, 5]
        let ids = try seconds.map { try store.submit(job(due: $0), to: run) }
        // A job that is tried again is promoted like one that was submitted for later.
        let back = try store.submit(NewJob(item: "back", priority: 100), to: run)
        try await store.complete(back, .retry(reason: "no", at: .sample(after: .seconds(3))))
        let promoted = try promote(run, dueBy: .sample(after: .seconds(5)), in: store)
        #expect(promoted.map(\.id) == [ids[4], ids[1], ids[3], back, ids[0], ids[5]])
        #expect(promoted.map(\.attempt) == [1, 1, 1, 2, 1, 1])
        try await #expect(store.nextDue(run: run.id) == .sample(after: .seconds(9)))
    }

    static func checkPromotedUpToLimit(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let ids = try (1...5).map { try store.submit(job(due: $0), to: run) }
        var batches: [[Job.ID]] = []
        while batches.last?.isEmpty != true, batches.count < 10 {
            batches.append(try promote(run, dueBy: .sample(after: .seconds(9)), limit: 2, in: store).map(\.id))
        }
        #expect(batches == [[ids[0], ids[1]], [ids[2], ids[3]], [ids[4]], []])
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 5))
    }

    static func checkPromotedOfRun(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let other = try store.openRun("b")
        for state in JobState.allCases where state != .scheduled { _ = try await store.job(state, in: run) }
        let ids = try [run, other].map { try store.submit(job(due: 1), to: $0) }
        #expect(try promote(run, dueBy: .sample(after: .seconds(1)), in: store).map(\.id) == [ids[0]])
        try await #expect(store.record(ids[1]).state == .scheduled)
        #expect(try promote(Run.ID.max, dueBy: .sampleEnd, in: store).isEmpty)
    }

    private static func job(due second: Int) -> NewJob {
        NewJob(item: "x", runAt: .sample(after: .seconds(second)))
    }

    private static func promote(
        _ run: Run, dueBy time: Timestamp, limit: Int = 1_000, in store: any JobStore
    ) throws -> [Job] {
        try promote(run.id, dueBy: time, limit: limit, in: store)
    }

    private static func promote(
        _ run: Run.ID, dueBy time: Timestamp, limit: Int = 1_000, in store: any JobStore
    ) throws -> [Job] {
        try store.transaction { try $0.promote(run: run, dueBy: time, limit: limit) }
    }
}
