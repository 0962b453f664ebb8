import KataTestSupport
import KataTesting
import Testing

@testable import Kata

/// What a job passes before it begins, in which order: to be alone, a handler that works, and its turn.
@Suite("A job that may not begin yet", .timeLimit(.minutes(10)))
struct ConsumerTurnTests {
    private let store = MemoryJobStore()
    private let clock = ManualClock()
    private let limit = RateLimit(count: 1, per: .seconds(10))

    @Test("uses up no turn while the handler is down, and takes its own one when it works again")
    func brokenHandler() async throws {
        let gates = Gates()
        let handler = TestHandler { job in
            try await gates.pass("call")
            if job.id == 1 { throw JobFailure("no database", retry: .unavailable) }
        }
        gates.open("call")
        try await withConsumers(4, handler, brokeOff: false) { [clock] jobs, session, queue in
            _ = session.breaker.failed()
            try await queue.put(jobs[0])
            try await #require(eventually { clock.sleeps == [.seconds(1)] })
            for job in jobs.dropFirst() { try await queue.put(job) }
            try await #require(eventually { clock.sleeps.count == 4 })
            #expect(session.rateLimiter?.wait(for: nil) == nil, "none has taken a turn")

            // One tries, whichever it is; the others wait for what comes of it, and have no turn.
            clock.advance(by: .seconds(1))
            try await #require(eventually { handler.handled.all.count == 1 })
            var begun = 1
            while begun < 4 {
                // The next one waits for its turn, before or after the handler was found to work.
                try await #require(eventually { !clock.sleeps.isEmpty })
                try await #require(
                    eventually {
                        clock.advance(by: .milliseconds(500))
                        return handler.handled.all.count > begun
                    })
                begun = handler.handled.all.count
            }
            let turns = session.news.take()?.begun.map(\.turn).sorted() ?? []
            #expect(turns.count == 4)
            for (turn, next) in zip(turns, turns.dropFirst()) { #expect(turn.duration(to: next) >= .seconds(10)) }
        }
    }

    @Test("uses up no turn while it waits to be alone")
    func suspect() async throws {
        let gates = Gates()
        let handler = TestHandler(gates: gates)
        try await withConsumers(2, handler, brokeOff: true) { [clock] jobs, session, queue in
            try await queue.put(jobs[0])
            try await gates.waitForArrival(at: "0")
            var suspect = jobs[1]
            suspect.interruptions = 2
            try await queue.put(suspect)
            try await queue.put(jobs[2])
            try await #require(eventually { session.gauge?.depth == 1 })
            clock.advance(by: .seconds(100))
            gates.openAll()
            // The suspect has its turn at once, and the third one 10 s later.
            try await #require(eventually { clock.sleeps == [.seconds(10)] })
            #expect(handler.handled.all.map(\.item) == ["0", "1"])
            clock.advance(by: .seconds(10))
            try await #require(eventually { handler.handled.all.count == 3 })
            let turns = session.news.take()?.begun.map(\.turn.nanoseconds) ?? []
            #expect(turns == [0, 100, 110].map { $0 * 1_000_000_000 })
        }
    }

    /// Gives `body` four jobs, the session that they belong to, and the queue of so many consumers; then lets these end.
    private func withConsumers(
        _ count: Int, _ handler: TestHandler, brokeOff: Bool,
        _ body: ([Job], RunSession, BoundedQueue<Job>.Input) async throws -> Void
    ) async throws {
        var fixture = PipelineFixture(store: store, source: TestInbox(), handler: handler, clock: clock)
        fixture.limits.rate = limit
        let (run, jobs) = try await store.run("p", items: (0..<4).map(String.init))
        let configuration = fixture.configuration
        let logger = PipelineFixture.logger
        let runtime = fixture.runtime
        let queue = BoundedQueue<Job>.make(size: 10)
        let session = RunSession(
            run: run, configuration: configuration, runtime: runtime,
            troubles: Troubles(wallClock: runtime.wallClock, logger: logger), breaker: CircuitBreaker(clock: clock),
            gauge: queue.gauge, brokeOff: brokeOff)
        let recorder = Recorder(store: store, runtime: runtime, logger: logger)
        let takesNoMore = Latch()
        let work = ConsumerWork(
            configuration: configuration, queue: queue.output, gauge: queue.gauge, store: store, recorder: recorder,
            session: session, startMarks: StartMarks(carefulStarts: 0, recorder: recorder, runtime: runtime),
            gate: PauseGate(),
            takesNoMore: takesNoMore,
            runtime: runtime, logger: logger)
        let pool = ConsumerPool(count: count)
        async let end = pool.run(work.run)
        do {
            try await body(jobs, session, queue.input)
        } catch {
            queue.input.finish()
            takesNoMore.open()
            _ = try await end
            await recorder.stop()
            throw error
        }
        queue.input.finish()
        takesNoMore.open()
        _ = try await end
        await recorder.stop()
    }
}
