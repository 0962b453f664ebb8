import Kata
import KataTestSupport
import KataTesting
import Testing

@Suite("A life of a test pipeline", .timeLimit(.minutes(2)))
struct TestPipelineLifeTests {
    private let clock = ManualClock()

    private func talker(_ settings: TestSettings = [:]) throws -> Talker {
        try Talker(settings: settings, clock: clock)
    }

    @Test("goes on after a restart with what was recorded")
    func restarts() async throws {
        let pipeline = try await TestPipeline(handler: talker(), clock: clock)
        let job = try await pipeline.submit("pages")
        try await pipeline.advance(by: .seconds(5))
        try await pipeline.restart()
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.details(job).record.job.interruptions == 1)
        try await pipeline.runUntilFinished()
        #expect(try await pipeline.state(of: job) == .done)
        // Of the third page only the beginning was seen.
        #expect(
            try await pipeline.printed(by: job)
                == "page 1\npage 2\npage 3\npage 4\npage 5\n")
    }

    @Test("drains, and goes on with the rest after the next start")
    func drains() async throws {
        let pipeline = try await TestPipeline(handler: talker(), clock: clock)
        try await pipeline.submit("a")
        try await pipeline.runUntilIdle()
        try await pipeline.drain()
        try await pipeline.submit("b")
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.doneItems == ["a"])
        try await pipeline.restart()
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.doneItems == ["a", "b"])
    }

    @Test("reads a source to its end, with restarts in between, each item once")
    func source() async throws {
        let asked = Notes<String>()
        let pipeline = try await TestPipeline(
            handler: talker(), source: Numbers(count: 100, asked: asked), workers: 3,
            limits: WorkLimits(rate: RateLimit(count: 10, per: .seconds(1))), clock: clock)
        for _ in 1...3 {
            try await pipeline.advance(by: .milliseconds(1_500))
            #expect(try await pipeline.doneItems.count < 100)
            try await pipeline.restart()
        }
        try await pipeline.runUntilFinished()
        #expect(asked.all.count >= 15 && Set(asked.all).count > 12)
        #expect(try await pipeline.doneItems.compactMap { Int($0) }.sorted() == Array(0..<100))
    }

    @Test("makes its plugins anew with a restart, and tells those before nothing")
    func plugins() async throws {
        let lives = Notes<String>()
        let pipeline = try await TestPipeline(handler: Cache(lives: lives), clock: clock)
        try await pipeline.submit("a")
        try await pipeline.runUntilIdle()
        try await pipeline.restart()
        try await pipeline.submit("b")
        try await pipeline.runUntilIdle()
        #expect(lives.all == ["made", "a is new", "made", "b is new"])
        try await pipeline.drain()
        #expect(lives.all.last == "stopped")
        try await pipeline.restart()
        let job = try await pipeline.submit("c")
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.state(of: job) == .done)
    }

    @Test("waits for nothing that is left of the life before")
    func leftovers() async throws {
        let gate = Latch()
        let pipeline = try await TestPipeline(handler: Stubborn(clock: clock, gate: gate), clock: clock)
        let job = try await pipeline.submit("held")
        try await pipeline.runUntilIdle()
        try await pipeline.restart()
        let next = try await pipeline.submit("next")
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.state(of: next) == .pending, "the worker has the first one again")
        gate.open()
        try await pipeline.advance(by: .seconds(30))
        #expect(try await pipeline.state(of: job) == .done)
    }
}
