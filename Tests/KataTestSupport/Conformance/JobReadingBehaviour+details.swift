import Kata
import Testing

extension JobReadingBehaviour {
    static func checkDetails(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let long = String(repeating: "x", count: StorePage.budget / 2)
        let ids = try ["done", "waits", long, long, "last"].map { try store.submit(NewJob(item: $0), to: run) }
        try end(ids[0], of: run, attempt: 1, .retry(reason: "no", at: .sampleStart), after: .seconds(1), in: store)
        _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleEnd, limit: 1) }
        try end(ids[0], of: run, attempt: 2, .done, after: .milliseconds(2), in: store)
        try store.transaction { try $0.saveCheckpoint("page 2", job: ids[1], attempt: 1) }

        var found: [JobDetails?] = []
        let asked = [ids[0], 99, ids[1], ids[2], ids[3], ids[4]]
        var pages = 0
        while found.count < asked.count {
            let page = try await store.details(Array(asked.dropFirst(found.count)))
            try #require(!page.isEmpty)
            found += page
            pages += 1
        }
        #expect(pages == 2)
        for (id, details) in zip(asked, found) {
            try await #expect(details?.record == store.job(id))
            guard let details else { continue }
            try await #expect(details.attempts == store.attempts(job: id, skipping: 0))
            #expect(details.hasAllAttempts)
            try await #expect(details.lastDuration == store.lastDurations(jobs: [id])[id])
            try await #expect(details.checkpoint == store.checkpoint(job: id))
        }
        #expect(found[0]?.attempts.count == 2 && found[0]?.lastDuration == .milliseconds(2))
        #expect(found[1] == nil && found[2]?.checkpoint == "page 2" && found[2]?.lastDuration == nil)
        try await #expect(store.details([]).isEmpty)
    }

    /// Of attempts that do not fit in a page there are the first ones, and it is said that there are more.
    static func checkDetailsOfManyAttempts(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let id = try store.submit(NewJob(item: "a"), to: run)
        let long = String(repeating: "x", count: StorePage.budget)
        for attempt in 1...3 {
            try end(
                id, of: run, attempt: attempt, .retry(reason: long, at: .sampleStart), after: .seconds(attempt),
                in: store)
            _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleEnd, limit: 1) }
        }
        let details = try #require(try await store.details([id])[0])
        #expect(details.attempts.map(\.number) == [1])
        #expect(!details.hasAllAttempts)
        #expect(details.lastDuration == .seconds(3))
    }

    private static func end(
        _ id: Job.ID, of run: Run, attempt: Int, _ outcome: Completion.Outcome, after duration: Duration,
        in store: any JobStore
    ) throws {
        var job = Job(id: id, runID: run.id, item: "")
        job.attempt = attempt
        let completion = Completion(
            job: job, consumerID: "c1", outcome: outcome, startedAt: .sampleStart, finishedAt: .sample(after: duration))
        #expect(try store.transaction { try $0.completes(completion) })
    }
}
