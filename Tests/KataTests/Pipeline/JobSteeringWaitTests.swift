import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("Whoever waits for a job", .timeLimit(.minutes(10)))
struct JobSteeringWaitTests {
    /// A recorder over a store with a run, and jobs that nobody does.
    private struct Fixture {
        let store = MemoryJobStore()
        let recorder: Recorder
        let steering: JobSteering
        let run: Run
        let clock = HaltingClock(freeSleeps: 0)

        init() throws {
            let runtime = Runtime(clock: clock, wallClock: SystemWallClock())
            recorder = Recorder(store: store, runtime: runtime, logger: PipelineFixture.logger)
            steering = JobSteering(recorder: recorder, store: store, runtime: runtime)
            run = try store.openRun("p")
        }

        func submit(_ new: NewJob = NewJob(item: "x")) throws -> Job.ID { try store.submit(new, to: run) }

        /// Waits for a job, and does something as soon as somebody waits.
        func whileWaiting(for job: Job.ID, _ body: () async throws -> Void) async throws {
            async let wait: Void = steering.waitForEnd(of: job, within: .seconds(60), unless: Latch())
            try await clock.hasHalted.wait()
            try await body()
            try await wait
            #expect(recorder.observers.waiters.isEmpty)
        }

        func record(_ job: Job.ID, _ outcome: Completion.Outcome) async throws {
            try await recorder.record(.sample(of: store.record(job).job, outcome))
        }
    }

    @Test("is told when it is done, and when it has failed", arguments: [true, false])
    func completed(isDone: Bool) async throws {
        let fixture = try Fixture()
        let job = try fixture.submit()
        try await fixture.whileWaiting(for: job) {
            try await fixture.record(job, isDone ? .done : .failed(reason: "no"))
        }
        await fixture.recorder.stop()
    }

    @Test("is told when it is cancelled, also with another one that it was to wait for")
    func cancelled() async throws {
        let fixture = try Fixture()
        let first = try fixture.submit()
        let dependent = try fixture.submit(NewJob(item: "y", after: [first]))
        try await fixture.whileWaiting(for: dependent) { _ = try await fixture.steering.cancel([first]) }
        try await #expect(fixture.store.record(dependent).state == .cancelled)
        await fixture.recorder.stop()
    }

    @Test("is not told of an attempt that is not the last, nor of other jobs, nor of a result that is refused")
    func goesOn() async throws {
        let fixture = try Fixture()
        let job = try fixture.submit()
        let other = try fixture.submit()
        let end = Latch()
        async let wait: Void = fixture.steering.waitForEnd(of: job, within: .seconds(60), unless: end)
        try await fixture.clock.hasHalted.wait()
        try await fixture.record(other, .done)
        let refused = Job(id: job, runID: fixture.run.id, item: "x", attempt: 7)
        try await fixture.recorder.record(.sample(of: refused, .done))
        try await fixture.record(job, .retry(reason: "no", at: .sampleEnd))
        try await fixture.recorder.flush()
        #expect(!end.isOpen)
        end.open()
        try await wait
        await fixture.recorder.stop()
    }

    @Test("does not wait for a job that is finished, nor for one that there is not")
    func nothing() async throws {
        let fixture = try Fixture()
        let job = try fixture.submit()
        try await fixture.store.complete(job)
        for id in [job, 99] {
            try await fixture.steering.waitForEnd(of: id, within: .seconds(60), unless: Latch())
        }
        #expect(fixture.clock.sleeps.all.isEmpty)
        #expect(fixture.recorder.observers.waiters.isEmpty)
        await fixture.recorder.stop()
    }

    @Test("waits no longer than was said")
    func timeOver() async throws {
        let store = MemoryJobStore()
        let runtime = Runtime(clock: HaltingClock(), wallClock: SystemWallClock())
        let recorder = Recorder(store: store, runtime: runtime, logger: PipelineFixture.logger)
        let steering = JobSteering(recorder: recorder, store: store, runtime: runtime)
        let job = try store.submit(NewJob(item: "x"), to: store.openRun("p"))
        try await steering.waitForEnd(of: job, within: .seconds(60), unless: Latch())
        #expect(recorder.observers.waiters.isEmpty)
        await recorder.stop()
    }

    @Test("with a thousand others is told once, each of their own job")
    func crowd() async throws {
        let fixture = try Fixture()
        let jobs = try (0..<1_000).map { _ in try fixture.submit() }
        let ended = Notes<Job.ID>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for job in jobs {
                group.addTask {
                    try await fixture.steering.waitForEnd(of: job, within: .seconds(60), unless: Latch())
                    let state = try await fixture.store.record(job).state
                    #expect(state == .done)
                    ended.add(job)
                }
            }
            for job in jobs { try await fixture.record(job, .done) }
            try await group.waitForAll()
        }
        #expect(Set(ended.all) == Set(jobs))
        #expect(fixture.recorder.observers.waiters.isEmpty)
        await fixture.recorder.stop()
    }
}

@Suite("Many jobs at once", .timeLimit(.minutes(10)))
struct JobSteeringSearchTests {
    @Test("are found first, and tried again only in a state that was meant")
    func retry() async throws {
        let store = MemoryJobStore()
        let recorder = Recorder(store: store, logger: PipelineFixture.logger)
        let steering = JobSteering(recorder: recorder, store: store)
        let run = try store.openRun("p")
        let jobs = try (0..<1_200).map { try store.submit(NewJob(item: "\($0)"), to: run) }
        for job in jobs { try await store.complete(job, .failed(reason: job % 2 == 0 ? "even" : "odd")) }
        var search = JobSearch(pipeline: "p", states: [.failed])
        search.error = "even"
        let found = try await steering.find(search)
        #expect(found == jobs.filter { $0 % 2 == 0 })
        // One is tried again by somebody else, and one more fails.
        _ = try await steering.retry([found[0]])
        let late = try store.submit(NewJob(item: "late"), to: run)
        try await store.complete(late, .failed(reason: "even"))
        try await #expect(steering.retry(found, in: [.failed]) == found.count - 1)
        let scheduled = try await store.search(JobSearch(states: [.scheduled]), before: .max, limit: 2_000).jobs
        #expect(scheduled == found.reversed())
        try await #expect(store.record(late).state == .failed)
        try await #expect(steering.cancelAll(found + [late, 9_999]) == found.count)
        await recorder.stop()
    }
}
