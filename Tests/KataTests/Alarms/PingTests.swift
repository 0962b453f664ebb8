import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A ping", .timeLimit(.minutes(10)))
struct PingTests {
    @Test("comes once for all successes meanwhile, and no sooner than so long after the one before")
    func pace() async throws {
        let handler = TestHandler()
        let clock = ManualClock()
        let ping = Ping(pipeline: "p", handler: handler)
        let task = Task { try await ping.run(clock: clock, logger: PipelineFixture.logger) }
        for _ in 1...3 { ping.succeeded() }
        try await #require(eventually { handler.handled.all.count == 1 })
        ping.succeeded()
        ping.succeeded()
        // One waits for its answer's time limit, and then the pause comes.
        try await #require(eventually { clock.sleeps == [Ping.interval] })
        #expect(handler.handled.all.count == 1)
        clock.advance(by: Ping.interval)
        try await #require(eventually { handler.handled.all.count == 2 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("that fails is not the end of them")
    func failure() async throws {
        let handler = TestHandler { _ in throw JobFailure("no") }
        let clock = ManualClock()
        let ping = Ping(pipeline: "p", handler: handler)
        let task = Task { try await ping.run(clock: clock, logger: PipelineFixture.logger) }
        for count in 1...3 {
            ping.succeeded()
            try await #require(eventually { handler.handled.all.count == count })
            try await #require(eventually { clock.sleeps == [Ping.interval] })
            clock.advance(by: Ping.interval)
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
