import Kata
import KataTestSupport
import KataTesting
import Testing

@Suite("A test pipeline", .timeLimit(.minutes(2)))
struct TestPipelineTests {
    private let clock = ManualClock()

    private func talker(_ settings: TestSettings = [:]) throws -> Talker {
        try Talker(settings: settings, clock: clock)
    }

    @Test("does what is submitted, and begins nothing before it is told to")
    func submits() async throws {
        let pipeline = try await TestPipeline(handler: talker(["prefix": "Hello, "]), clock: clock)
        let job = try await pipeline.submit("Ada")
        #expect(try await pipeline.state(of: job) == .pending)
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.state(of: job) == .done)
        #expect(try await pipeline.details(job).attempts.map(\.output) == ["Hello, Ada"])
        #expect(try await pipeline.doneItems == ["Ada"])
    }

    @Test("does the jobs in order, the higher priority first, whenever they were submitted")
    func order() async throws {
        let pipeline = try await TestPipeline(handler: talker(), clock: clock)
        try await pipeline.submit("a")
        try await pipeline.submit(NewJob(item: "b", priority: 5))
        try await pipeline.submit([NewJob(item: "c"), NewJob(item: "d", priority: 5)])
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.doneItems == ["b", "d", "a", "c"])
    }

    @Test("tries a job again after the pause of its policy, and not before")
    func retries() async throws {
        let retry = RetryPolicy(attempts: 3, backoff: .seconds(10))
        let pipeline = try await TestPipeline(
            handler: talker(), failures: FailurePolicy(retry: retry), clock: clock)
        let job = try await pipeline.submit("fail once")
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.state(of: job) == .scheduled)
        try await pipeline.advance(by: .seconds(9))
        #expect(try await pipeline.state(of: job) == .scheduled)
        try await pipeline.advance(by: .seconds(1))
        #expect(try await pipeline.state(of: job) == .done)
        #expect(try await pipeline.details(job).attempts.map(\.error) == ["not yet", nil])
    }

    @Test("lets no more time pass than it takes to finish")
    func finishes() async throws {
        let pipeline = try await TestPipeline(
            handler: talker(), failures: FailurePolicy(retry: RetryPolicy(backoff: .seconds(600))), clock: clock)
        try await pipeline.submit("fail once")
        try await pipeline.submit(NewJob(item: "later", runAt: ManualWallClock.start.advanced(by: .seconds(86_400))))
        try await pipeline.runUntilFinished()
        #expect(clock.now == MonotonicInstant(nanoseconds: 86_400 * 1_000_000_000))
        #expect(pipeline.wallClock.now() == ManualWallClock.start.advanced(by: .seconds(86_400)))
        #expect(try await pipeline.doneItems == ["fail once", "later"])
    }

    @Test("holds a handler that sleeps until the time has passed, and cuts it off at its timeout")
    func sleeps() async throws {
        let pipeline = try await TestPipeline(
            handler: talker(), workers: 2, failures: FailurePolicy(timeout: .seconds(90)), clock: clock)
        let first = try await pipeline.submit("sleep")
        let second = try await pipeline.submit(NewJob(item: "sleep", timeout: .seconds(30)))
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.state(of: first) == .pending)
        try await pipeline.advance(by: .seconds(59))
        #expect(try await pipeline.state(of: second) == .failed)
        #expect(try await pipeline.details(second).record.error == "timed out after 30.000 s")
        #expect(try await pipeline.state(of: first) == .pending)
        try await pipeline.advance(by: .seconds(1))
        #expect(try await pipeline.state(of: first) == .done)
    }

    @Test("waits for a handler that waits for something else than the clock")
    func outside() async throws {
        let (hasBegun, gate) = (Latch(), Latch())
        let pipeline = try await TestPipeline(
            handler: Napper {
                hasBegun.open()
                try await gate.wait()
            }, clock: clock)
        let job = try await pipeline.submit("held")
        async let idle: Void = pipeline.runUntilIdle()
        try await hasBegun.wait()
        #expect(try await pipeline.state(of: job) == .pending)
        gate.open()
        try await idle
        #expect(try await pipeline.state(of: job) == .done)
        #expect(clock.now == MonotonicInstant(nanoseconds: 0))
    }

    @Test("says which job is unfinished, and why")
    func unfinished() async throws {
        let pipeline = try await TestPipeline(handler: talker(), clock: clock)
        let job = try await pipeline.submit("held")
        try await pipeline.ask { pipeline, _ in try await pipeline.pause() }
        let error = await #expect(throws: TestPipelineError.self) { try await pipeline.runUntilFinished() }
        #expect(error?.description.hasPrefix("there is unfinished work: job \(job): the pipeline is paused") == true)
        try await pipeline.ask { pipeline, _ in try await pipeline.resume() }
        try await pipeline.runUntilFinished()
    }

    @Test("cancels a job that a handler has in hand")
    func cancels() async throws {
        let pipeline = try await TestPipeline(handler: talker(), clock: clock)
        let job = try await pipeline.submit("sleep")
        try await pipeline.runUntilIdle()
        _ = try await pipeline.ask { _, steering in try await steering.cancel([job]) }
        let next = try await pipeline.submit("next")
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.state(of: job) == .cancelled)
        #expect(try await pipeline.state(of: next) == .done)
    }

    @Test("sees a handler sleep in a task of its own making, and go on from there")
    func unstructured() async throws {
        let pipeline = try await TestPipeline(
            handler: Napper { [clock] in try await Task { try await clock.sleep(for: .seconds(1)) }.value },
            clock: clock)
        let job = try await pipeline.submit("nap")
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.state(of: job) == .pending)
        try await pipeline.advance(by: .seconds(1))
        #expect(try await pipeline.state(of: job) == .done)
    }

    @Test("gives its clocks to plugins that are made in its initializer, and tells of those that have others")
    func clocks() async throws {
        let pipeline = try await TestPipeline(handler: Talker(settings: [:]))
        try await pipeline.submit("sleep")
        try await pipeline.runUntilFinished()
        #expect(pipeline.clock.now == MonotonicInstant(nanoseconds: 60_000_000_000))

        let stranger = try Talker(settings: [:])
        let other = try await TestPipeline(handler: stranger)
        try await other.submit("sleep")
        let error = await #expect(throws: TestPipelineError.self) { try await other.runUntilFinished() }
        #expect(error?.description.contains("a clock that is not the pipeline's") == true)
    }

    @Test("has civil time go with the clock, however uneven the steps are")
    func evenTime() async throws {
        let pipeline = try await TestPipeline(
            handler: talker(), limits: WorkLimits(rate: RateLimit(count: 3, per: .seconds(1))), clock: clock)
        try await pipeline.submit((0..<3_000).map { NewJob(item: "\($0)") })
        try await pipeline.runUntilFinished()
        let passed = MonotonicInstant(nanoseconds: 0).duration(to: clock.now)
        let shown = ManualWallClock.start.duration(to: pipeline.wallClock.now())
        #expect(passed > .seconds(999) && passed - shown < .milliseconds(1) && shown <= passed)
    }

    @Test("does not let what is asked for wait for a time")
    func askedTooMuch() async throws {
        let pipeline = try await TestPipeline(handler: talker(), clock: clock)
        await #expect(throws: TestPipelineError.self) {
            try await pipeline.ask { [clock] _, _ in try await clock.sleep(for: .seconds(1)) }
        }
    }

    @Test("may be asked while it runs")
    func asksBeside() async throws {
        let (hasBegun, gate, asked) = (Latch(), Latch(), Latch())
        let pipeline = try await TestPipeline(
            handler: Napper {
                hasBegun.open()
                try await gate.wait()
            }, workers: 2, clock: clock)
        try await pipeline.submit("a")
        async let idle: Void = pipeline.runUntilIdle()
        async let second: Void = pipeline.runUntilIdle()
        try await hasBegun.wait()
        async let answer = pipeline.ask { _, _ in
            try await asked.wait()
            return 1
        }
        let job = try await pipeline.submit("b")
        asked.open()
        #expect(try await answer == 1)
        gate.open()
        _ = try await (idle, second)
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.state(of: job) == .done)
    }

    @Test(
        "says what keeps a source from its end",
        arguments: [
            ({ @Sendable in SourceBatch(items: [], progress: .at(cursor: "0")) }, "the source has more items"),
            ({ @Sendable in throw JobFailure("the well is dry") }, "the well is dry"),
            (
                { @Sendable in SourceBatch(jobs: [NewJob(item: "", priority: 1_000)], progress: .at(cursor: "1")) },
                "the job's priority is 1000, expected -100 to 100"
            ),
        ] as [(@Sendable () throws -> SourceBatch, String)])
    func stuckSource(batch: @escaping @Sendable () throws -> SourceBatch, reason: String) async throws {
        let pipeline = try await TestPipeline(handler: talker(), source: Stuck(batch: batch), clock: clock)
        let error = await #expect(throws: TestPipelineError.self) {
            try await pipeline.runUntilFinished(within: .seconds(300))
        }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test("shows how far a job is")
    func progress() async throws {
        let pipeline = try await TestPipeline(handler: talker(), clock: clock)
        let job = try await pipeline.submit("report")
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.progress(of: job) == JobProgress(fraction: 0.5, text: "half"))
        try await pipeline.advance(by: .seconds(1))
        #expect(try await pipeline.progress(of: job) == nil)
    }

    @Test("is made from settings, with the clocks of its own")
    func settings() async throws {
        let pipeline = try await TestPipeline(
            settings: [
                "queue_size": 10, "worker_count": 2, "limits": ["rate": "1/s"],
                "producer": ["plugin": "inbox"], "consumer": ["plugin": "talker", "prefix": "> "],
            ]
        ) { $0.register(handler: Talker.self) }
        for item in ["1", "2", "sleep"] { try await pipeline.submit(item) }
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.doneItems == ["1"])
        try await pipeline.advance(by: .seconds(1))
        #expect(try await pipeline.doneItems == ["1", "2"])
        try await pipeline.runUntilFinished()
        #expect(pipeline.clock.now == MonotonicInstant(nanoseconds: 62_000_000_000))
    }

    @Test("of faulty settings says everything that is wrong")
    func faults() async throws {
        let plugin = #expect(throws: ConfigurationFaults.self) { try Talker(settings: ["prefx": "a"]) }
        #expect(plugin?.description == "settings: unknown key 'prefx' in 'talker', did you mean 'prefix'?")
        let pipeline = await #expect(throws: ConfigurationFaults.self) {
            try await TestPipeline(
                settings: ["worker_count": 0, "producer": ["plugin": "inbox"], "consumer": ["plugin": "talkr"]]
            ) { $0.register(handler: Talker.self) }
        }
        #expect(pipeline?.faults.count == 3)
    }

    @Test("does thousands of jobs")
    func many() async throws {
        let pipeline = try await TestPipeline(handler: talker(), workers: 8, clock: clock)
        try await pipeline.submit((0..<2_000).map { NewJob(item: "\($0)") })
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.doneItems.count == 2_000)
    }
}
