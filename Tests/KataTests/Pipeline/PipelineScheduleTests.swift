import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A pipeline and the time", .timeLimit(.minutes(10)))
struct PipelineScheduleTests {
    private let clock = ManualWallClock()
    private let handler = TestHandler()
    private var fixture: PipelineFixture {
        PipelineFixture(store: store, source: TestInbox(), handler: handler, wallClock: clock)
    }
    private let store = MemoryJobStore()

    @Test(
        "does a job that was submitted for later once, when its time has come, however the clock jumps",
        arguments: [
            // In seconds, with the job due in half an hour. The last one is past that.
            [1_799, 1_800], [3_600], [-3_600, 1_800], [400 * 86_400], [1_799, -3_600, -400 * 86_400, 1_799, 3_600],
        ])
    func scheduled(jumps: [Int]) async throws {
        let due = Timestamp.sample(after: .seconds(1_800))
        try await fixture.whileRunning(.untilDrained) { [clock, handler] pipeline in
            let id = try await pipeline.submit([NewJob(item: "later", runAt: due)])[0].id
            for jump in jumps {
                try await #expect(eventually { clock.deadlines == [due] })
                #expect(handler.handled.all.isEmpty)
                clock.advance(to: .sample(after: .seconds(jump)))
            }
            try await fixture.wait(for: id, toBe: .done)
            // The clock goes back and passes the time once more.
            clock.advance(to: .sampleStart)
            clock.advance(to: .sample(after: .seconds(800 * 86_400)))
            let last = try await pipeline.submit([NewJob(item: "last")])[0].id
            try await fixture.wait(for: last, toBe: .done)
            pipeline.drain()
        }
        #expect(handler.handled.all.map(\.item) == ["later", "last"])
    }

    @Test("tries a job again at the time that its handler asks for, and not earlier")
    func retryAfter() async throws {
        let due = Timestamp.sample(after: .seconds(10))
        try await checkRetry(JobFailure("busy", retry: .after(.seconds(10)))) { $0 == due }
    }

    @Test("tries a job again at the time that its policy says, and not earlier")
    func retryByPolicy() async throws {
        let latest = Timestamp.sample(after: .seconds(10))
        try await checkRetry(JobFailure("no")) { (.sampleStart...latest).contains($0) }
    }

    @Test("does an overdue job at once when it starts")
    func overdue() async throws {
        let run = try store.openRun("p")
        let id = try store.submit(NewJob(item: "x", runAt: .sampleEnd), to: run)
        clock.advance(by: .seconds(400 * 86_400))
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await fixture.wait(for: id, toBe: .done)
            pipeline.drain()
        }
    }

    @Test("waits for the earliest of its jobs, and then for the next")
    func earliest() async throws {
        let times = [50, 20, 80, 20].map { Timestamp.sample(after: .seconds($0)) }
        var fixture = fixture
        fixture.workerCount = 1
        try await fixture.whileRunning(.untilDrained) { [clock, handler, fixture] pipeline in
            let jobs = times.map { NewJob(item: $0.iso8601, runAt: $0) }
            let ids = try await pipeline.submit(jobs).map(\.id)
            for (time, job) in [(times[1], ids[3]), (times[0], ids[0]), (times[2], ids[2])] {
                try await #expect(eventually { clock.deadlines == [time] })
                clock.advance(to: time)
                try await fixture.wait(for: job, toBe: .done)
            }
            #expect(handler.handled.all.map(\.id) == [ids[1], ids[3], ids[0], ids[2]])
            pipeline.drain()
        }
    }

    /// Checks when a job comes back whose first attempt fails.
    private func checkRetry(_ failure: JobFailure, _ isRight: @escaping @Sendable (Timestamp) -> Bool) async throws {
        let times = Notes<Timestamp>()
        var fixture = fixture
        fixture.failures.retry = RetryPolicy(attempts: 2, backoff: .seconds(10), max: .seconds(10))
        fixture.handler = TestHandler { [clock] job in
            times.add(clock.now())
            if job.attempt == 1 { throw failure }
        }
        try await fixture.whileRunning(.untilDrained) { [clock, fixture] pipeline in
            let id = try await pipeline.submit([NewJob(item: "x")])[0].id
            // Jitter may have drawn no wait at all, and then there is nothing to see.
            try await #expect(eventually { try await fixture.store.attempts(job: id).count >= 1 })
            let due = try #require(try await fixture.store.record(id).runAt)
            #expect(isRight(due))
            if due > clock.now() {
                try await #expect(eventually { clock.deadlines == [due] })
                clock.advance(to: Timestamp(milliseconds: due.milliseconds - 1))
                #expect(clock.deadlines == [due])
                #expect(times.all.count == 1)
            }
            clock.advance(to: due)
            try await fixture.wait(for: id, toBe: .done)
            #expect(times.all == [.sampleStart, due])
            pipeline.drain()
        }
    }
}
