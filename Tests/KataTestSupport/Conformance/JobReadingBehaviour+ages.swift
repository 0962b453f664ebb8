import Kata
import Testing

extension JobReadingBehaviour {
    static func checkReadySince(_ store: any JobStore) async throws {
        let run = try store.openRun()
        let start = Timestamp.sampleStart
        let due = start.advanced(by: .seconds(5))
        _ = try store.submit(NewJob(item: "a"), to: run, at: start)
        _ = try store.submit(NewJob(item: "b", runAt: due), to: run, at: start)
        let late = start.advanced(by: .seconds(9))
        let promoted = try store.transaction { try $0.promote(run: run.id, dueBy: late, limit: 10) }
        #expect(promoted.map(\.readyAt) == [due], "it was not ready when it was stored")
        let pending = try await store.pendingJobs(run: run.id, after: 0, limit: 10)
        #expect(pending.map(\.readyAt) == [start, due])
        #expect(pending[0] == Job(id: pending[0].id, runID: run.id, item: "a"), "that makes no other job of it")
        try store.complete(pending[0], .retry(reason: "no", at: late))
        let again = try store.transaction { try $0.promote(run: run.id, dueBy: late, limit: 10) }
        #expect(again.map(\.readyAt) == [late])
    }

    static func checkAges(_ store: any JobStore) async throws {
        let start = Timestamp.sampleStart
        func time(_ seconds: Int) -> Timestamp { start.advanced(by: .seconds(seconds)) }
        let none = try await store.ages(pipeline: "a", inHand: [], at: time(99))
        #expect(none == PipelineAges())
        let run = try store.openRun()
        let other = try store.openRun("b")
        let first = try store.submit(NewJob(item: "x"), to: run, at: time(3))
        let second = try store.submit(NewJob(item: "x"), to: run, at: time(4))
        let third = try store.submit(NewJob(item: "x", priority: 7), to: run, at: time(5))
        _ = try store.submit(NewJob(item: "x", runAt: time(60)), to: run, at: time(1))
        _ = try store.submit(NewJob(item: "x"), to: other, at: time(2))
        func oldest(_ inHand: Set<Job.ID> = [], at now: Int = 50) async throws -> Timestamp? {
            try await store.ages(pipeline: "a", inHand: inHand, at: time(now)).oldestReady
        }
        try await #expect(oldest() == time(3))
        try await #expect(oldest([first]) == time(4))
        try await #expect(oldest([first, second]) == time(5), "those with another priority wait as well")
        let inHand: Set = [first, second, third]
        try await #expect(
            oldest(inHand, at: 59) == nil, "what is in hand does not wait, nor what is not due")
        try await #expect(oldest(inHand, at: 60) == time(60), "it is due, and nobody has looked")
        let last = try await store.ages(pipeline: "a", inHand: [], at: time(50)).lastSuccess
        #expect(last == nil)
    }

    static func checkLastSuccess(_ store: any JobStore) async throws {
        let (former, jobs) = try await store.run("a", items: ["0", "1"])
        try store.complete(jobs[0], .failed(reason: "no"))
        func last(_ pipeline: String = "a") async throws -> Timestamp? {
            try await store.ages(pipeline: pipeline, inHand: [], at: .sampleEnd).lastSuccess
        }
        try await #expect(last() == nil)
        try store.complete(jobs[1])
        try store.finish(former)
        try await #expect(last() == Completion.sample(of: jobs[1], by: "c1", .done).finishedAt)
        let (_, later) = try await store.run("a", items: ["0"])
        try await #expect(last() != nil, "another run has begun, and done nothing yet")
        // The clock was set back meanwhile.
        let sample = Completion.sample(of: later[0], by: "c1", .done)
        let early = Completion(
            job: later[0], consumerID: "c1", outcome: .done, startedAt: sample.startedAt.advanced(by: .seconds(-9)),
            finishedAt: sample.finishedAt.advanced(by: .seconds(-9)))
        let isTaken = try store.transaction { try $0.completes(early) }
        #expect(isTaken)
        try await #expect(last() == Completion.sample(of: jobs[1], by: "c1", .done).finishedAt)
        try await #expect(last("b") == nil)
    }
}
