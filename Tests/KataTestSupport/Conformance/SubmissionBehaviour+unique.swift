import Kata
import Testing

extension SubmissionBehaviour {
    private static let job = NewJob(item: "x", uniqueKey: "key")
    /// Longer than any test looks back.
    private static let always = Duration.seconds(10_000 * 24 * 3_600)

    static func checkUniqueUnfinished(_ store: any JobStore) async throws {
        for (pipeline, runAt) in [("a", nil), ("b", Timestamp.sampleEnd)] {
            let run = try store.openRun(pipeline)
            let first = try store.submit(NewJob(item: "first", runAt: runAt, uniqueKey: "key"), to: run)
            let before = try await store.record(first)
            for uniqueFor in [Duration.zero, always] {
                let second = try store.submit([Self.job], to: run, uniqueFor: uniqueFor)
                #expect(second == [SubmittedJob(id: first, isDuplicate: true)])
            }
            try await #expect(store.record(first) == before, "it stays what it was")
            try await #expect(store.counts(pipeline: pipeline).unfinished == 1)
        }
    }

    static func checkUniqueInOneRequest(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let jobs = ["k", nil, "l", "k", nil, "k"].map { NewJob(item: "x", uniqueKey: $0) }
        let submitted = try store.submit(jobs, to: run)
        #expect(submitted.map(\.isDuplicate) == [false, false, false, true, false, true])
        #expect(submitted[3].id == submitted[0].id)
        #expect(submitted[5].id == submitted[0].id)
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 4))
    }

    static func checkUniqueThing(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let other = try store.openRun("b")
        func job(_ key: String, item: String = "x") -> NewJob {
            var job = NewJob(item: item, uniqueKey: key)
            job.uniqueStem = "thing 1 "
            return job
        }
        let first = try store.submit(job("thing 1 early"), to: run)
        let late = try store.submit([job("thing 1 late"), job("thing 1 late", item: "y")], to: run)
        #expect(late.map(\.isDuplicate) == [true, false])
        #expect(late[0].id == first)
        #expect(try store.submit([job("thing 1 late")], to: other).map(\.isDuplicate) == [false])
        #expect(
            try store.submit([NewJob(item: "x", uniqueKey: "thing 10 late")], to: run).map(\.isDuplicate) == [false])
        try await store.complete(first)
        #expect(
            try store.submit([job("thing 1 late"), job("thing 1 later")], to: run).map(\.isDuplicate) == [true, false])
        #expect(try store.submit([job("thing 1 latest")], to: run).map(\.isDuplicate) == [true])
    }

    static func checkFailedBefore(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let jobs = [NewJob(item: "good"), NewJob(item: "line 2", failure: "no UTF-8"), NewJob(item: "also")]
        let submitted = try store.submit(jobs, to: run)
        #expect(submitted.map(\.state) == [.pending, .failed, .pending])
        let record = try await store.record(submitted[1].id)
        #expect(record.state == .failed && record.error == "no UTF-8" && record.finishedAt == .sampleStart)
        try await #expect(store.counts(pipeline: "a") == JobCounts(pending: 2, failed: 1))
    }

    static func checkUniqueFinished(_ store: any JobStore) async throws {
        let run = try store.openRun()
        var ids: [Job.ID] = []
        for outcome in [Completion.Outcome.done, .failed(reason: "no"), .done] {
            ids.append(try store.submit(Self.job, to: run, at: .sampleEnd))
            try await store.complete(ids[ids.count - 1], outcome)
        }
        #expect(Set(ids).count == 3)
    }

    static func checkUniqueWithin(_ store: any JobStore) async throws {
        for (pipeline, outcome) in [("a", Completion.Outcome.done), ("b", .failed(reason: "no"))] {
            let run = try store.openRun(pipeline)
            let first = try store.submit(Self.job, to: run)
            try await store.complete(first, outcome)
            let end = try #require(try await store.record(first).finishedAt)
            let window = Duration.seconds(10)
            for (wait, isDuplicate) in [(0, true), (9_999, true), (10_000, false)] {
                let time = end.advanced(by: .milliseconds(wait))
                let second = try store.submit([Self.job], to: run, uniqueFor: window, at: time)
                #expect(second.map(\.isDuplicate) == [isDuplicate], "\(outcome), \(wait) ms later")
                #expect((second.first?.id == first) == isDuplicate)
            }
        }
    }

    static func checkUniqueOfFormerRun(_ store: any JobStore) async throws {
        let former = try store.openRun()
        let first = try store.submit(Self.job, to: former)
        try await store.complete(first)
        try store.finish(former)
        let run = try store.openRun()
        #expect(
            try store.submit([Self.job], to: run, uniqueFor: always, at: .sampleEnd)
                == [SubmittedJob(id: first, isDuplicate: true)])
        #expect(try store.submit([Self.job], to: run, at: .sampleEnd).map(\.isDuplicate) == [false])
    }

    static func checkUniqueCancelled(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let first = try store.submit(Self.job, to: run)
        _ = try store.transaction { try $0.cancel(first, at: .sampleStart) }
        let second = try store.submit([Self.job], to: run, uniqueFor: always)
        #expect(second.map(\.isDuplicate) == [false])
        let third = try store.submit([Self.job], to: run, uniqueFor: always)
        #expect(third == [SubmittedJob(id: second[0].id, isDuplicate: true)])
    }

    static func checkUniqueHeld(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let first = try store.submit(Self.job, to: run)
        _ = try store.transaction { try $0.cancel(first, at: .sampleStart) }
        let other = try store.submit(Self.job, to: run)
        try await store.complete(other, .failed(reason: "no"))
        try store.transaction { transaction in
            func submit(_ job: NewJob) throws -> SubmittedJob {
                try transaction.submit([job], to: run.id, uniqueFor: .zero, at: .sampleEnd)[0]
            }
            transaction.keepUniqueKeys(of: [first, 99])
            try #expect(submit(Self.job) == SubmittedJob(id: first, isDuplicate: true))
            try #expect(!submit(NewJob(item: "x", uniqueKey: "other")).isDuplicate)
            #expect(throws: StoreError.uniqueTaken(job: other, by: first)) {
                try transaction.attempt { _ = try transaction.retry(other, at: .sampleEnd) }
            }
            // The job itself may be tried again.
            #expect(try transaction.retry(first, at: .sampleEnd).new == .scheduled)
        }
    }

    static func checkUniqueOfOtherPipeline(_ store: any JobStore) throws {
        let runs = try [store.openRun("a"), store.openRun("b")]
        let first = try store.submit(Self.job, to: runs[0])
        let second = try store.submit([Self.job], to: runs[1], uniqueFor: always)
        #expect(second.map(\.isDuplicate) == [false])
        #expect(
            try store.submit([Self.job], to: runs[0], uniqueFor: always)
                == [SubmittedJob(id: first, isDuplicate: true)])
    }

    static func checkUniqueRetried(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let first = try store.submit(Self.job, to: run)
        try await store.complete(first, .failed(reason: "no"))
        _ = try store.transaction { try $0.retry(first, at: .sampleEnd) }
        #expect(
            try store.submit([Self.job], to: run, at: .sampleEnd) == [SubmittedJob(id: first, isDuplicate: true)])
    }

    static func checkUniqueExact(_ store: any JobStore) throws {
        let run = try store.openRun()
        let keys = ["key", "Key", "key ", " key", "key\u{0}", "k%", "k_y", "'key'", "1", "01", "1.0", "\u{e9}", "e"]
        let submitted = try store.submit(keys.map { NewJob(item: "x", uniqueKey: $0) }, to: run)
        #expect(submitted.allSatisfy { !$0.isDuplicate })
        let again = try store.submit(keys.map { NewJob(item: "x", uniqueKey: $0) }, to: run)
        #expect(again == submitted.map { SubmittedJob(id: $0.id, isDuplicate: true) })
    }
}
