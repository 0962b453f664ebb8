import Kata
import Testing

extension SessionBehaviour {
    private static let years = Duration.seconds(10 * 366 * 86_400)

    /// Jobs of a run, the first one put off by an hour when it was submitted, the second one by a minute when it failed, and
    /// the third one in order.
    private static func jobs(_ store: any JobStore, submitted: Timestamp, failed: Timestamp) throws -> (Run, [Job.ID]) {
        let run = try store.openRun()
        let ids = try store.submit(
            [
                NewJob(item: "later", runAt: submitted.advanced(by: .seconds(3_600))), NewJob(item: "again"),
                NewJob(item: "third", runAt: .sampleStart.advanced(by: .seconds(86_400))),
            ], to: run, at: submitted
        ).map(\.id)
        let completion = Completion(
            job: Job(id: ids[1], runID: run.id, item: "again"), consumerID: "c1",
            outcome: .retry(reason: "no", at: failed.advanced(by: .seconds(60))), startedAt: failed, finishedAt: failed)
        #expect(try store.transaction { try $0.completes(completion) })
        return (run, ids)
    }

    static func checkDrawnBack(_ store: any JobStore) async throws {
        let ahead = Timestamp.sampleStart.advanced(by: years)
        let now = Timestamp.sampleStart.advanced(by: .seconds(100))
        let (run, ids) = try jobs(store, submitted: ahead, failed: ahead.advanced(by: .seconds(5)))
        let submission = Submission(fingerprint: 1, jobs: [])
        try store.transaction {
            try $0.saveSubmission(submission, key: "k", pipeline: "p", at: ahead, forgettingBefore: .sampleStart)
        }
        try #expect(store.transaction { try $0.drawBack(run: run.id, to: now) } == 2)
        try await #expect(store.record(ids[0]).runAt == now.advanced(by: .seconds(3_600)))
        try await #expect(store.record(ids[1]).runAt == now.advanced(by: .seconds(60)))
        // A key of then is forgotten a day later, and not ten years later.
        try store.transaction {
            try $0.saveSubmission(
                submission, key: "other", pipeline: "p", at: now, forgettingBefore: now.advanced(by: .seconds(1)))
        }
        try #expect(store.transaction { try $0.submission(key: "k", pipeline: "p") } == nil)
    }

    static func checkDrawnBackHowever(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let ahead = Timestamp.sampleStart.advanced(by: years)
        let now = Timestamp.sampleStart.advanced(by: .seconds(100))
        let soon = ahead.advanced(by: .seconds(60))
        let names = ["postponed", "interrupted", "retried", "due", "first", "other"]
        let ids = try store.submit(names.map { NewJob(item: $0) }, to: run).map(\.id)
        func complete(_ id: Job.ID, _ outcome: Completion.Outcome, at time: Timestamp) throws {
            let completion = Completion(
                job: Job(id: id, runID: run.id, item: ""), consumerID: "c1", outcome: outcome, startedAt: time,
                finishedAt: time)
            #expect(try store.transaction { try $0.completes(completion) })
        }
        try complete(ids[0], .postponed(reason: "down", at: soon), at: ahead)
        try complete(ids[1], .interrupted(reason: "cut", at: soon), at: ahead)
        // By somebody, after it failed for good; and one that was put off for another reason before.
        try complete(ids[2], .failed(reason: "no"), at: .sampleStart)
        _ = try store.transaction { try $0.retry(ids[2], at: ahead) }
        try complete(ids[3], .retry(reason: "no", at: .sampleEnd), at: .sampleStart)
        _ = try store.transaction { try $0.retry(ids[3], at: ahead) }
        // Waits for another job, and then for its time; released before or after the clock was set right.
        let waiting = try store.submit(
            [ids[4], ids[5]].map { NewJob(item: "waits", runAt: soon, after: [$0]) }, to: run, at: ahead
        ).map(\.id)
        try complete(ids[4], .done, at: ahead.advanced(by: .seconds(1)))
        // What is recorded last is right again.
        try complete(ids[5], .done, at: now)
        _ = try store.submit(NewJob(item: "new"), to: run, at: now)

        try #expect(store.transaction { try $0.drawBack(run: run.id, to: now) } == 6)
        for (id, delay) in [(ids[0], 60), (ids[1], 60), (ids[2], 0), (ids[3], 0), (waiting[0], 60), (waiting[1], 60)] {
            try await #expect(store.record(id).runAt == now.advanced(by: .seconds(delay)), "job \(id)")
        }
        try #expect(store.transaction { try $0.drawBack(run: run.id, to: now) } == 0)
        // One that has begun since counts from nothing any more.
        let due = try store.transaction { try $0.promote(run: run.id, dueBy: now, limit: 10) }
        #expect(due.map(\.id) == [ids[2], ids[3]])
    }

    static func checkNotDrawnBack(_ store: any JobStore) async throws {
        let start = Timestamp.sampleStart
        let (run, ids) = try jobs(store, submitted: start, failed: start.advanced(by: .seconds(5)))
        let before = try await [store.record(ids[0]).runAt, store.record(ids[1]).runAt, store.record(ids[2]).runAt]
        for now in [
            start.advanced(by: .seconds(6)), start.advanced(by: .seconds(-30)),
            // This one is before everything, so that it is the clock that is wrong.
            start.advanced(by: .zero - years),
        ] {
            try #expect(store.transaction { try $0.drawBack(run: run.id, to: now) } == 0)
        }
        let after = try await [store.record(ids[0]).runAt, store.record(ids[1]).runAt, store.record(ids[2]).runAt]
        #expect(before == after)
    }
}
