import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("Jobs that are submitted to a pipeline", .timeLimit(.minutes(10)))
struct PipelineSubmitTests {
    private let store = MemoryJobStore()
    private let clock = ManualWallClock()
    private let handler = TestHandler()
    private var fixture: PipelineFixture {
        PipelineFixture(
            store: store, source: TestInbox(), handler: handler, uniqueFor: .seconds(60), wallClock: clock)
    }
    private let jobs = [NewJob(item: "a"), NewJob(item: "b", priority: 3)]

    @Test("are done, whether it works already or not")
    func done() async throws {
        try await fixture.withPipeline { pipeline in
            let before = try await pipeline.submit([NewJob(item: "before")])
            try await #expect(store.record(before[0].id).state == .pending, "it is durable")
            async let run: Void = pipeline.run(.untilDrained)
            try await fixture.wait(for: before[0].id, toBe: .done)
            let after = try await pipeline.submit([NewJob(item: "after")])
            try await fixture.wait(for: after[0].id, toBe: .done)
            pipeline.drain()
            try await run
        }
        #expect(handler.handled.all.map(\.item) == ["before", "after"])
    }

    @Test("are done by the pipeline that has taken the place of the one they were submitted to")
    func handedOver() async throws {
        try await fixture.withPipeline { old in
            let next = try await Pipeline(
                configuration: old.configuration, store: store, recorder: old.recorder,
                runtime: Runtime(wallClock: clock),
                logger: PipelineFixture.logger)
            async let oldRun: Void = old.run(.untilDrained)
            let first = try await old.submit([NewJob(item: "first")])
            try await fixture.wait(for: first[0].id, toBe: .done)
            old.drain()
            try await oldRun
            next.takeOver()
            async let nextRun: Void = next.run(.untilDrained)
            let second = try await next.submit([NewJob(item: "second")])
            try await fixture.wait(for: second[0].id, toBe: .done)
            // Nothing else would make the new one look for it.
            let third = try await old.submit([NewJob(item: "third")])
            try await fixture.wait(for: third[0].id, toBe: .done)
            // What is committed is counted a moment later.
            try await #expect(eventually { next.status().counts.done == 3 })
            next.drain()
            try await nextRun
        }
        #expect(handler.handled.all.map(\.item) == ["first", "second", "third"])
    }

    @Test("are refused beyond a limit, all of them, with nothing stored")
    func beyondLimits() async throws {
        try await fixture.withPipeline { pipeline in
            for bad in [
                NewJob(item: "x", priority: 101), NewJob(item: "x", key: ""), NewJob(item: "x", maxAttempts: 0),
            ] {
                await #expect(throws: JobFault.self) { try await pipeline.submit([NewJob(item: "good"), bad]) }
            }
            try await #expect(store.jobs(JobFilter(), before: .max, limit: 10).isEmpty)
        }
    }

    @Test("are counted at once, duplicates not")
    func counted() async throws {
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await pipeline.pause()
            let later = NewJob(item: "later", runAt: .sampleEnd, uniqueKey: "k")
            let submitted = try await pipeline.submit(jobs + [later, later])
            #expect(submitted.map(\.isDuplicate) == [false, false, false, true])
            try await #expect(
                eventually { [pipeline.status().counts.pending, pipeline.status().counts.scheduled] == [2, 1] })
            pipeline.drain()
        }
    }

    @Test("go to one run, which does not end")
    func oneRun() async throws {
        try await fixture.whileRunning(.untilDrained) { pipeline in
            for _ in 1...3 {
                let ids = try await pipeline.submit(jobs).map(\.id)
                for id in ids { try await fixture.wait(for: id, toBe: .done) }
                #expect(pipeline.status().run?.isFinished == false)
            }
            try await #expect(eventually { pipeline.status().state == .idle })
            pipeline.drain()
        }
        try await #expect(store.runIDs(in: ResultSelection()) == [1])
    }

    @Test("are refused by a pipeline that makes its own items")
    func refused() async throws {
        try await PipelineFixture(store: store).withPipeline { pipeline in
            await #expect(throws: PipelineError.takesNoJobs(pipeline: "p")) { try await pipeline.submit(jobs) }
        }
        try await #expect(store.latestRun(pipeline: "p") == nil)
    }

    @Test("are added once under the same idempotency key, and told as they were then")
    func repeated() async throws {
        try await fixture.withPipeline { pipeline in
            let key = IdempotencyKey("key", fingerprint: 1)
            let first = try await pipeline.submit(jobs, key: key)
            try await #expect(pipeline.submit(jobs, key: key) == first)
            try await #expect(store.counts(pipeline: "p") == JobCounts(pending: 2))
            try await #expect(pipeline.submit(jobs, key: nil).map(\.id) != first.map(\.id))
            let other = IdempotencyKey("other", fingerprint: 1)
            try await #expect(pipeline.submit(jobs, key: other).map(\.id) != first.map(\.id))
            try await #expect(store.counts(pipeline: "p") == JobCounts(pending: 6))
        }
    }

    @Test("are refused under an idempotency key of others")
    func keyReused() async throws {
        try await fixture.withPipeline { pipeline in
            _ = try await pipeline.submit(jobs, key: .init("key", fingerprint: 1))
            await #expect(throws: StoreError.keyReused(key: "key")) {
                try await pipeline.submit(jobs, key: .init("key", fingerprint: 2))
            }
            try await #expect(store.counts(pipeline: "p") == JobCounts(pending: 2))
        }
    }

    @Test("are remembered under their key for a day")
    func keyExpires() async throws {
        try await fixture.withPipeline { pipeline in
            let first = try await pipeline.submit(jobs, key: .init("key", fingerprint: 1))
            clock.advance(to: .sample(after: .seconds(24 * 3_600)))
            // Others come and let the old ones be forgotten.
            _ = try await pipeline.submit(jobs, key: .init("second", fingerprint: 1))
            try await #expect(pipeline.submit(jobs, key: .init("key", fingerprint: 1)) == first)
            clock.advance(by: .seconds(1))
            _ = try await pipeline.submit(jobs, key: .init("third", fingerprint: 1))
            let again = try await pipeline.submit(jobs, key: .init("key", fingerprint: 2))
            #expect(again.map(\.id) != first.map(\.id))
        }
    }

    @Test("stand in the way of others of their unique key as long as the pipeline says")
    func unique() async throws {
        let job = NewJob(item: "x", uniqueKey: "k")
        try await fixture.whileRunning(.untilDrained) { pipeline in
            let first = try await pipeline.submit([job])[0].id
            try await fixture.wait(for: first, toBe: .done)
            let end = try #require(try await store.record(first).finishedAt)
            for (wait, isDuplicate) in [(59_999, true), (60_000, false)] {
                clock.advance(to: end.advanced(by: .milliseconds(wait)))
                let submitted = try await pipeline.submit([job])
                #expect(submitted.map(\.isDuplicate) == [isDuplicate], "\(wait) ms later")
            }
            pipeline.drain()
        }
    }

    @Test("of several clients at once are each done once")
    func concurrently() async throws {
        let (clients, count) = (8, 50)
        try await fixture.whileRunning(.untilDrained) { pipeline in
            let ids = try await withThrowingTaskGroup(of: [Job.ID].self) { group in
                for client in 0..<clients {
                    group.addTask {
                        var ids: [Job.ID] = []
                        for number in 0..<count {
                            let job = NewJob(item: "\(client).\(number)", priority: number % 4)
                            ids += try await pipeline.submit([job]).map(\.id)
                        }
                        return ids
                    }
                }
                return try await group.reduce(into: [Job.ID]()) { $0 += $1 }
            }
            #expect(Set(ids).count == clients * count)
            try await #expect(eventually { try await store.counts(pipeline: "p").done == clients * count })
            pipeline.drain()
        }
        #expect(Set(handler.handled.all.map(\.item)).count == clients * count)
        #expect(handler.handled.all.count == clients * count)
    }
}
