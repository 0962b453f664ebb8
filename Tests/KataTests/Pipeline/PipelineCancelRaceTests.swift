import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A job that is cancelled the moment it is done", .timeLimit(.minutes(10)))
struct PipelineCancelRaceTests {
    @Test("is either, and its run ends", arguments: 1...4)
    func races(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        var states: [JobState: Int] = [:]
        for _ in 0..<250 {
            let (gates, store) = (Gates(), MemoryJobStore())
            var fixture = PipelineFixture(store: store, itemCount: 1, handler: TestHandler(gates: gates))
            // The run waits for what may come back.
            fixture.failures.retry = RetryPolicy(attempts: 2, backoff: .zero, max: .zero)
            // How far one of them is ahead of the other.
            let lead = Int.random(in: -20...20, using: &generator)
            let hasEnded = Latch()
            let run = Task { [fixture] in
                defer { hasEnded.open() }
                return try await fixture.whileRunning(.once) { pipeline in
                    try await gates.waitForArrival(at: "0")
                    let steering = JobSteering(recorder: pipeline.recorder, store: pipeline.store)
                    if lead < 0 { gates.openAll() }
                    for _ in 0..<max(0, -lead) { await Task.yield() }
                    async let change = steering.cancel([1])
                    for _ in 0..<max(0, lead) { await Task.yield() }
                    gates.openAll()
                    _ = try await change
                    return pipeline
                }.status()
            }
            let ended = try await eventually { hasEnded.isOpen }
            if !ended { run.cancel() }
            try #require(ended, "the run waits for something")
            let status = try await run.value
            let counts = try await store.counts(pipeline: "p")
            #expect(counts == JobCounts(done: counts.done, cancelled: 1 - counts.done))
            #expect([status.counts.done, status.counts.cancelled] == [counts.done, counts.cancelled])
            #expect(status.counts.pending == 0)
            #expect(status.run?.isFinished == true)
            try await #expect(fixture.items().count == counts.done)
            states[try await store.record(1).state, default: 0] += 1
        }
        #expect(states.count == 2, "they never met: \(states)")
    }
}
