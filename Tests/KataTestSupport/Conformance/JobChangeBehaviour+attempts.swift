import Kata
import Testing

extension JobChangeBehaviour {
    private static let outcomes: [Completion.Outcome] = [
        .done, .failed(reason: "no"), .retry(reason: "not yet", at: .sampleEnd), .cutOff,
    ]
    private static let end = Completion.sample(of: Job(id: 1, runID: 1, item: "")).finishedAt

    static func checkDone(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let id = try store.submit(NewJob(item: "x", priority: 3), to: run)
        // The reason of an earlier failure is gone with the success.
        try await store.complete(id, .retry(reason: "no", at: .sampleStart))
        _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleStart, limit: 1) }
        let before = try await store.record(id)
        #expect(try await store.complete(id))
        var expected = before
        expected.state = .done
        expected.error = nil
        expected.finishedAt = end
        try await #expect(store.record(id) == expected)
    }

    static func checkFailed(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let id = try store.submit(NewJob(item: "x"), to: run)
        var expected = try await store.record(id)
        #expect(try await store.complete(id, .failed(reason: "'no';\n")))
        expected.state = .failed
        expected.error = "'no';\n"
        expected.finishedAt = end
        try await #expect(store.record(id) == expected)
        try await #expect(store.lines().isEmpty)
    }

    static func checkRetried(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let id = try store.submit(NewJob(item: "x"), to: run)
        var expected = try await store.record(id)
        #expect(try await store.complete(id, .retry(reason: "not yet", at: .sampleEnd)))
        expected.state = .scheduled
        expected.job.attempt = 2
        expected.error = "not yet"
        expected.runAt = .sampleEnd
        try await #expect(store.record(id) == expected)
        try await #expect(store.pendingJobs(run: run.id, after: 0, limit: 10).isEmpty)
        try await #expect(store.nextDue(run: run.id) == .sampleEnd)
        try await #expect(store.lines().isEmpty)
    }

    static func checkCutOff(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let id = try store.submit(NewJob(item: "x"), to: run)
        let expected = try await store.record(id)
        for _ in 1...3 {
            #expect(try await store.complete(id, .cutOff))
            try await #expect(store.record(id) == expected)
        }
        try await #expect(store.pendingJobs(run: run.id, after: 0, limit: 10) == [expected.job])
        #expect(try await store.complete(id))
    }

    static func checkInterrupted(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let id = try store.submit(NewJob(item: "x"), to: run)
        let due = Timestamp.sample(after: .seconds(9))
        for count in 1...2 {
            try await store.complete(id, .interrupted(reason: "the lights went out", at: due))
            let record = try await store.record(id)
            #expect(record.state == .scheduled && record.runAt == due && record.error == "the lights went out")
            #expect(record.job.attempt == 1 && record.job.interruptions == count)
            try await #expect(store.nextDue(run: run.id) == due)
            #expect(try store.transaction { try $0.promote(run: run.id, dueBy: due, limit: 9) }.map(\.id) == [id])
        }
        try await store.complete(id)
        try await #expect(store.attempts(job: id).map(\.number) == [1, 1, 1])
        try await #expect(store.attempts(job: id).map(\.error) == ["the lights went out", "the lights went out", nil])
        try await #expect(store.counts(pipeline: "a") == JobCounts(done: 1))
    }

    static func checkRefused(_ store: any JobStore) async throws {
        let run = try store.openRun()
        for state in JobState.allCases {
            let id = try await store.job(state, in: run)
            let before = try await store.record(id)
            let counts = try await store.counts(pipeline: "a")
            for attempt in 0...3 where state != .pending || attempt != 1 {
                var job = before.job
                job.attempt = attempt
                for outcome in outcomes { #expect(try !store.complete(job, outcome), "\(state), \(outcome)") }
            }
            try await #expect(store.record(id) == before)
            try await #expect(store.counts(pipeline: "a") == counts)
        }
        try await #expect(store.lines() == ["c1 | done"])
    }

    static func checkAttempts(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let id = try store.submit(NewJob(item: "x"), to: run)
        let other = try store.submit(NewJob(item: "y"), to: run)
        var expected: [Attempt] = []
        func attempt(by consumerID: String, _ outcome: Completion.Outcome, error: String?) async throws {
            expected.append(
                Attempt(
                    number: expected.count + 1, consumerID: consumerID, startedAt: .sampleStart, finishedAt: end,
                    error: error))
            #expect(try await store.complete(id, by: consumerID, outcome))
            try await store.complete(other, .cutOff)
            try await #expect(store.attempts(job: id) == expected)
            _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleEnd, limit: 10) }
        }
        try await attempt(by: "c2", .retry(reason: "first", at: .sampleStart), error: "first")
        try await attempt(by: "c1", .retry(reason: "", at: .sampleEnd), error: "")
        try await attempt(by: "c10", .failed(reason: "third\n"), error: "third\n")
        _ = try store.transaction { try $0.retry(id, at: .sampleEnd) }
        _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleEnd, limit: 10) }
        try await attempt(by: "c3", .done, error: nil)
        try await #expect(store.attempts(job: other).isEmpty)
    }

    static func checkAttemptsOfNone(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let id = try store.submit(NewJob(item: "x"), to: run)
        try await #expect(store.attempts(job: id).isEmpty)
        try await store.complete(id, .cutOff)
        try await #expect(store.attempts(job: id).isEmpty)
        try await #expect(store.attempts(job: id + 1).isEmpty)
    }
}
