import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A pipeline whose jobs fail", .timeLimit(.minutes(10)))
struct PipelineFailureTests {
    private let store = MemoryJobStore()
    private let clock = ManualWallClock()
    private var fixture: PipelineFixture {
        PipelineFixture(store: store, itemCount: 5, wallClock: clock)
    }

    @Test("finishes its run only when the job was done that is tried again")
    func finiteRun() async throws {
        let due = Timestamp.sample(after: .seconds(10))
        var fixture = fixture
        fixture.failures.retry = RetryPolicy(attempts: 2, backoff: .seconds(1), max: .seconds(1))
        fixture.handler = TestHandler { job in
            if job.item == "3" && job.attempt == 1 { throw JobFailure("busy", retry: .after(.seconds(10))) }
        }
        let status = try await fixture.whileRunning(.once) { [clock, store] pipeline in
            try await #expect(eventually { clock.deadlines == [due] })
            try await #expect(eventually { try await store.counts(pipeline: "p") == JobCounts(scheduled: 1, done: 4) })
            #expect(pipeline.status().run?.isFinished == false)
            #expect(pipeline.status().counts.scheduled == 1)
            #expect(pipeline.status().state == .running)
            clock.advance(to: due)
            return pipeline
        }.status()
        #expect(status.run?.isFinished == true)
        #expect(status.counts.done == 5)
        try await #expect(fixture.items().byNumber == fixture.allItems)
        try await #expect(store.latestRun(pipeline: "p")?.finishedAt != nil)
    }

    @Test("has a job failed for good after its last attempt", arguments: [1, 2, 5])
    func lastAttempt(attempts: Int) async throws {
        let handler = TestHandler { _ in throw JobFailure("no", retry: .after(.zero)) }
        var fixture = fixture
        fixture.itemCount = 1
        fixture.handler = handler
        fixture.failures.retry = RetryPolicy(attempts: attempts, backoff: .seconds(1), max: .seconds(1))
        let status = try await fixture.run()
        #expect(handler.handled.all.map(\.attempt) == Array(1...attempts))
        #expect(status.run?.isFinished == true)
        try await #expect(store.attempts(job: 1).map(\.number) == Array(1...attempts))
        let record = try await store.record(1)
        #expect([record.state.rawValue, record.error] == ["failed", "no"])
    }

    @Test("goes by a job's own number of attempts")
    func ownAttempts() async throws {
        let handler = TestHandler { _ in throw JobFailure("no", retry: .after(.zero)) }
        var fixture = fixture
        fixture.source = TestInbox()
        fixture.handler = handler
        fixture.failures = FailurePolicy(retry: RetryPolicy(attempts: 1))
        try await fixture.whileRunning(.untilDrained) { [fixture] pipeline in
            let jobs = [NewJob(item: "3", maxAttempts: 3), NewJob(item: "1")]
            let ids = try await pipeline.submit(jobs).map(\.id)
            for id in ids { try await fixture.wait(for: id, toBe: .failed) }
            pipeline.drain()
        }
        #expect(handler.handled.all.count { $0.item == "3" } == 3)
        #expect(handler.handled.all.count { $0.item == "1" } == 1)
    }

    @Test("cuts off a job that takes too long, and goes by its policy", arguments: [true, false])
    func timeout(isOfJob: Bool) async throws {
        // On this clock all time is over at once.
        let clock = HaltingClock()
        let handler = TestHandler { _ in try await Latch().wait() }
        var fixture = fixture
        fixture.source = TestInbox()
        fixture.handler = handler
        fixture.clock = clock
        fixture.failures = FailurePolicy(
            retry: RetryPolicy(attempts: 2, backoff: .zero, max: .zero), timeout: isOfJob ? .seconds(9) : .seconds(2))
        let timeout: Duration? = isOfJob ? .seconds(2) : nil
        try await fixture.whileRunning(.untilDrained) { [fixture] pipeline in
            let id = try await pipeline.submit([NewJob(item: "x", timeout: timeout)])[0].id
            try await fixture.wait(for: id, toBe: .failed)
            pipeline.drain()
        }
        #expect(handler.handled.all.map(\.attempt) == [1, 2])
        #expect(clock.sleeps.all == [.seconds(2), .seconds(2)])
        try await #expect(store.attempts(job: 1).map(\.error) == Array(repeating: "timed out after 2.000 s", count: 2))
        try await #expect(store.record(1).job.interruptions == 0)
    }

    @Test("goes on with other jobs after one that took too long")
    func afterTimeout() async throws {
        let handler = TestHandler { job in if job.item == "2" { try await Latch().wait() } }
        var fixture = fixture
        fixture.workerCount = 1
        fixture.handler = handler
        // Only the second item takes long; the others are over before anybody looks at the clock.
        fixture.failures.timeout = .milliseconds(50)
        let status = try await fixture.run()
        #expect(status.run?.isFinished == true)
        #expect(handler.handled.all.map(\.item) == fixture.allItems)
        #expect([status.counts.done, status.counts.failed] == [4, 1])
        try await #expect(store.jobs(JobFilter(state: .failed), before: .max, limit: 9).map(\.job.item) == ["2"])
    }

    @Test("does not hold it against a job that drains cut it off")
    func cutOffByDrains() async throws {
        let isPatient = Latch()
        let handler = TestHandler { _ in try await isPatient.wait() }
        var fixture = fixture
        fixture.itemCount = 1
        fixture.handler = handler
        for count in 1...4 {
            try await fixture.whileRunning(.once) { pipeline in
                try await #expect(eventually { handler.handled.all.count == count })
                pipeline.giveUp()
            }
            let record = try await store.record(1)
            #expect([record.job.attempt, record.job.interruptions] == [1, 0])
            #expect(record.state == .pending)
        }
        isPatient.open()
        let status = try await fixture.run()
        #expect(status.counts.done == 1)
    }

    /// Leaves a job as daemons would that died of it.
    private func die(of job: Job.ID, in run: Run.ID, times: Int) throws {
        for _ in 1...times {
            try store.transaction { transaction in
                _ = try transaction.beginSession(run: run)
                try transaction.markStarted([job], at: .sampleStart)
            }
        }
    }

    @Test("sets a job aside that was in hand when the daemon died too often")
    func quarantine() async throws {
        let (run, _) = try await store.run("p", items: ["0"], progress: .exhausted)
        try die(of: 1, in: run.id, times: 3)
        var fixture = fixture
        fixture.itemCount = 1
        let handler = TestHandler()
        fixture.handler = handler
        let status = try await fixture.run()
        #expect(handler.handled.all.isEmpty, "it is not begun once more")
        #expect(status.run?.isFinished == true)
        #expect(status.counts.failed == 1)
        let record = try await store.record(1)
        #expect(record.state == .failed)
        #expect(record.error?.hasPrefix("quarantined: it was interrupted 3 times") == true)
    }

    @Test("forgets the interruptions of a job that is tried again after it was set aside")
    func afterQuarantine() async throws {
        let run = try store.openRun("p")
        let id = try store.submit(NewJob(item: "x"), to: run)
        try die(of: id, in: run.id, times: 3)
        var fixture = fixture
        fixture.source = TestInbox()
        try await fixture.whileRunning(.untilDrained) { [fixture, clock] pipeline in
            try await fixture.wait(for: id, toBe: .failed)
            let steering = JobSteering(
                recorder: pipeline.recorder, store: pipeline.store, runtime: Runtime(wallClock: clock))
            _ = try await steering.retry([id])
            try await fixture.wait(for: id, toBe: .done)
            pipeline.drain()
        }
    }
}
