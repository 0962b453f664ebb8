import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A circuit breaker", .timeLimit(.minutes(10)))
struct CircuitBreakerTests {
    private let clock = ManualClock()
    private let drain = Latch()

    @Test("lets every job pass while the handler works")
    func closed() async throws {
        let breaker = CircuitBreaker(clock: clock)
        for _ in 1...3 { #expect(try await breaker.pass(unless: drain)) }
        #expect(!breaker.succeeded(), "there was nothing to make good")
        breaker.toldNothing()
        #expect(try await breaker.pass(unless: drain))
    }

    @Test("holds jobs back, then lets one try, and the others when it succeeded")
    func trial() async throws {
        let breaker = CircuitBreaker(clock: clock)
        #expect(breaker.failed() == .seconds(1))
        let passed = Notes<Int>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...3 {
                group.addTask { if try await breaker.pass(unless: drain) { passed.add(number) } }
            }
            try await #require(eventually { clock.sleeps == Array(repeating: .seconds(1), count: 3) })
            #expect(passed.all.isEmpty)
            clock.advance(by: .seconds(1))
            try await #require(eventually { passed.all.count == 1 })
            // The others sleep no more, and do not pass.
            try await #require(eventually { clock.sleeps.isEmpty })
            #expect(passed.all.count == 1)
            #expect(breaker.succeeded())
            try await group.waitForAll()
        }
        #expect(passed.all.sorted() == [1, 2, 3])
    }

    @Test(
        "waits longer after each trial that failed, up to a minute, and from the start again after one that succeeded")
    func pauses() async throws {
        let breaker = CircuitBreaker(clock: clock)
        for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
            #expect(breaker.failed() == .seconds(pause))
            clock.advance(by: .seconds(pause))
            #expect(try await breaker.pass(unless: drain))
        }
        #expect(breaker.succeeded())
        #expect(breaker.failed() == .seconds(1))
    }

    @Test("learns nothing from jobs that began before the first one failed")
    func stragglers() {
        let breaker = CircuitBreaker(clock: clock)
        #expect(breaker.failed() == .seconds(1))
        clock.advance(by: .milliseconds(400))
        #expect(breaker.failed() == .milliseconds(600))
        #expect(breaker.failed() == .milliseconds(600))
    }

    @Test("lets another job try when the first one told nothing")
    func inconclusive() async throws {
        let breaker = CircuitBreaker(clock: clock)
        _ = breaker.failed()
        clock.advance(by: .seconds(1))
        #expect(try await breaker.pass(unless: drain))
        async let second = breaker.pass(unless: drain)
        breaker.toldNothing()
        #expect(try await second)
        #expect(breaker.failed() == .seconds(2), "nothing was made good")
    }

    @Test("holds nobody back when a drain begins", arguments: [true, false])
    func drained(isOpen: Bool) async throws {
        let breaker = CircuitBreaker(clock: clock)
        _ = breaker.failed()
        if !isOpen {
            clock.advance(by: .seconds(1))
            #expect(try await breaker.pass(unless: drain))
        }
        async let held = breaker.pass(unless: drain)
        drain.open()
        #expect(try await !held)
    }

    @Test("lets a job go that is cancelled while it waits")
    func cancelled() async throws {
        let breaker = CircuitBreaker(clock: clock)
        _ = breaker.failed()
        let task = Task { try await breaker.pass(unless: drain) }
        try await #require(eventually { !clock.sleeps.isEmpty })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
