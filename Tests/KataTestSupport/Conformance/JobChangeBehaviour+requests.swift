import Kata
import Testing

extension JobChangeBehaviour {
    static func checkCancelled(_ store: any JobStore) async throws {
        let run = try store.openRun("p")
        for state in [JobState.pending, .scheduled] {
            let id = try await store.job(state, in: run)
            var expected = try await store.record(id)
            let changes = try store.transaction { try $0.cancel(id, at: .sampleEnd) }
            #expect(
                changes == [
                    JobChange(
                        job: id, attempt: 1, priority: 0, runID: run.id, pipeline: "p", old: state, new: .cancelled)
                ])
            expected.state = .cancelled
            expected.finishedAt = .sampleEnd
            try await #expect(store.record(id) == expected)
        }
        try await #expect(store.pendingJobs(run: run.id, after: 0, limit: 10).isEmpty)
        try await #expect(store.nextDue(run: run.id) == nil)
    }

    static func checkCancelRefused(_ store: any JobStore) async throws {
        let run = try store.openRun()
        for state in [JobState.done, .failed, .cancelled] {
            let id = try await store.job(state, in: run)
            let before = try await store.record(id)
            #expect(throws: StoreError.wrongState(job: id, state: state, action: "cancel")) {
                try store.transaction { try $0.cancel(id, at: .sampleEnd) }
            }
            try await #expect(store.record(id) == before)
        }
        for id in [-1, 0, 4, Job.ID.max] {
            #expect(throws: StoreError.unknownJob(id)) { try store.transaction { try $0.cancel(id, at: .sampleEnd) } }
        }
    }

    static func checkTriedAgain(_ store: any JobStore) async throws {
        let run = try store.openRun("p")
        for state in [JobState.failed, .cancelled] {
            let id = try store.submit(NewJob(item: "x", priority: -7), to: run)
            for _ in 1...3 { try await store.complete(id, .cutOff) }
            switch state {
            case .failed: try await store.complete(id, .failed(reason: "no"))
            default: _ = try store.transaction { try $0.cancel(id, at: .sampleStart) }
            }
            var expected = try await store.record(id)
            let change = try store.transaction { try $0.retry(id, at: .sampleEnd) }
            expected.state = .scheduled
            expected.job.attempt = 2
            expected.job.interruptions = 0
            expected.runAt = .sampleEnd
            expected.finishedAt = nil
            try await #expect(store.record(id) == expected)
            #expect(
                [change.job, Int64(change.priority), change.runID] == [id, -7, run.id] && change.pipeline == "p")
            #expect([change.old, change.new] == [state, .scheduled])
            #expect(change.attempt == 2, "the attempt that comes next")
        }
    }

    static func checkTriedSooner(_ store: any JobStore) async throws {
        let run = try store.openRun("p")
        let id = try store.submit(NewJob(item: "x"), to: run)
        try await store.complete(id, .cutOff)
        try await store.complete(id, .retry(reason: "no", at: .sample(after: .seconds(3_600))))
        var expected = try await store.record(id)
        let change = try store.transaction { try $0.retry(id, at: .sampleEnd) }
        #expect(
            change
                == JobChange(
                    job: id, attempt: 2, priority: 0, runID: run.id, pipeline: "p", old: .scheduled, new: .scheduled,
                    runAt: .sampleEnd))
        expected.runAt = .sampleEnd
        expected.job.interruptions = 0
        try await #expect(store.record(id) == expected)
        try await #expect(store.nextDue(run: run.id) == .sampleEnd)
    }

    static func checkRetryRefused(_ store: any JobStore) async throws {
        let run = try store.openRun()
        for state in [JobState.pending, .done] {
            let id = try await store.job(state, in: run)
            let before = try await store.record(id)
            #expect(throws: StoreError.wrongState(job: id, state: state, action: "retry")) {
                try store.transaction { try $0.retry(id, at: .sampleEnd) }
            }
            try await #expect(store.record(id) == before)
        }
        for id in [-1, 0, 3, Job.ID.max] {
            #expect(throws: StoreError.unknownJob(id)) { try store.transaction { try $0.retry(id, at: .sampleEnd) } }
        }
    }

    static func checkRetryUnique(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let other = try store.openRun("b")
        let id = try store.submit(NewJob(item: "x", uniqueKey: "k"), to: run)
        try await store.complete(id, .failed(reason: "no"))
        _ = try store.submit(NewJob(item: "x", uniqueKey: "k"), to: other)
        _ = try store.submit(NewJob(item: "x", uniqueKey: "j"), to: run)
        let second = try store.submit(NewJob(item: "x", uniqueKey: "k"), to: run, at: .sampleEnd)
        let before = try await store.record(id)
        #expect(throws: StoreError.uniqueTaken(job: id, by: second)) {
            try store.transaction { try $0.retry(id, at: .sampleEnd) }
        }
        try await #expect(store.record(id) == before)
        try await store.complete(second)
        #expect(try store.transaction { try $0.retry(id, at: .sampleEnd) }.new == .scheduled)
    }

    static func checkCounted(_ store: any JobStore) async throws {
        let run = try store.openRun()
        try await store.add(["0"], to: run.id, progress: .at(cursor: "1"))
        let id = try store.submit(NewJob(item: "x"), to: run)
        var counts = JobCounts(pending: 2)
        func expect(_ old: JobState, _ new: JobState, line: Int = #line) async throws {
            counts.move(from: old, to: new)
            try await #expect(store.counts(pipeline: "a") == counts, "line \(line)")
            try await #expect(store.latestRun(pipeline: "a")?.counts == counts, "line \(line)")
            var listed = JobCounts()
            for record in try await store.jobs(JobFilter(), before: .max, limit: 10) { listed[record.state] += 1 }
            #expect(listed == counts, "line \(line)")
        }
        try await expect(.pending, .pending)
        try await store.complete(id, .cutOff)
        try await expect(.pending, .pending)
        try await store.complete(id, .retry(reason: "no", at: .sampleStart))
        try await expect(.pending, .scheduled)
        _ = try store.transaction { try $0.retry(id, at: .sampleStart) }
        try await expect(.scheduled, .scheduled)
        _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleStart, limit: 10) }
        try await expect(.scheduled, .pending)
        try await store.complete(id, .failed(reason: "no"))
        try await expect(.pending, .failed)
        _ = try store.transaction { try $0.retry(id, at: .sampleStart) }
        try await expect(.failed, .scheduled)
        _ = try store.transaction { try $0.cancel(id, at: .sampleStart) }
        try await expect(.scheduled, .cancelled)
        _ = try store.transaction { try $0.retry(id, at: .sampleStart) }
        try await expect(.cancelled, .scheduled)
        _ = try store.transaction { try $0.promote(run: run.id, dueBy: .sampleStart, limit: 10) }
        try await expect(.scheduled, .pending)
        _ = try store.transaction { try $0.cancel(id, at: .sampleStart) }
        try await expect(.pending, .cancelled)
    }
}
