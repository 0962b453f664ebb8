import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A pipeline that everybody is at", .timeLimit(.minutes(10)))
struct PipelineStressTests {
    private let store = MemoryJobStore()
    private static let jobCount = 300

    @Test("brings each job to its end, and counts right", arguments: 1...6)
    func stress(seed: UInt64) async throws {
        let handler = TestHandler { job in
            for _ in 0..<job.id % 4 { await Task.yield() }
            try Task.checkCancellation()
            if (job.id + Int64(job.attempt)) % 5 == 0 { throw JobFailure("no", retry: .after(.zero)) }
        }
        var fixture = PipelineFixture(
            store: store, workerCount: 4, queueSize: 3, source: TestInbox(), handler: handler,
            wallClock: ManualWallClock())
        fixture.failures.retry = RetryPolicy(attempts: 3, backoff: .zero, max: .zero)
        try await fixture.whileRunning(.untilDrained) { [store] pipeline in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await submit(to: pipeline, SeededGenerator(seed: seed)) }
                for number in 1...3 as ClosedRange<UInt64> {
                    group.addTask { try await steer(pipeline, SeededGenerator(seed: 10 * seed + number)) }
                }
                try await group.waitForAll()
            }
            try await pipeline.resume()
            let ended = try await eventually {
                try await store.counts(pipeline: "p").unfinished == 0
            }
            let left = try await store.jobs(JobFilter(), before: .max, limit: .max).filter { !$0.state.isFinal }
            #expect(ended, "\(left.map { "\($0.job.id) \($0.state)" })")
            let counts = try await store.counts(pipeline: "p")
            #expect(counts.finished == Self.jobCount)
            let settled = try await eventually {
                let status = pipeline.status().counts
                return [status.done, status.failed, status.cancelled] == [counts.done, counts.failed, counts.cancelled]
                    && [status.pending, status.queued, status.running, status.scheduled] == [0, 0, 0, 0]
            }
            #expect(settled, "\(pipeline.status().counts), not \(counts)")
            pipeline.drain()
        }
        let results = try await fixture.items()
        #expect(Set(results).count == results.count, "none has two results")
        try await #expect(results.count == store.counts(pipeline: "p").done)
        #expect(handler.handled.all.contains { $0.attempt > 1 }, "nothing was tried again, so this shows little")
    }

    private func submit(to pipeline: Pipeline, _ generator: SeededGenerator) async throws {
        var generator = generator
        for number in 0..<Self.jobCount {
            let job = NewJob(item: "\(number)", priority: Int.random(in: -1...1, using: &generator))
            _ = try await pipeline.submit([job])
        }
    }

    private func steer(_ pipeline: Pipeline, _ generator: SeededGenerator) async throws {
        var generator = generator
        let steering = JobSteering(
            recorder: pipeline.recorder, store: pipeline.store, runtime: pipeline.runtime)
        for _ in 0..<400 {
            let ids = (0..<3).map { _ in Job.ID.random(in: 1...Job.ID(Self.jobCount), using: &generator) }
            switch Int.random(in: 0..<20, using: &generator) {
            case 0: try await pipeline.pause()
            case 1...3: try await pipeline.resume()
            case 4..<12: _ = try await steering.cancel(ids)
            // Cancelled and tried again in one go is what is hard to tell apart.
            case 12..<16:
                async let cancelled = steering.cancel(ids)
                async let retried = steering.retry(ids)
                _ = try await (cancelled, retried)
            default: _ = try await steering.retry(ids)
            }
        }
    }
}
