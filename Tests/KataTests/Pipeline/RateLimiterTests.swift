import KataTestSupport
import Testing

@testable import Kata

@Suite("The rate limiter", .timeLimit(.minutes(2)))
struct RateLimiterTests {
    private let clock = PreciseClock()

    @Test("lets nobody begin before its turn, however many come at once", arguments: [1, 8, 40])
    func turns(tasks: Int) async throws {
        let limit = RateLimit(count: 200, per: .seconds(1))
        let limiter = RateLimiter(limit)
        let start = clock.now
        let instants = try await passes(limiter, tasks: tasks, each: 40 / tasks)
        // Who wakes late is late for its own turn only, so turns count and not the time between two that woke.
        for (index, instant) in instants.enumerated() {
            #expect(start.duration(to: instant) >= limit.interval * index)
        }
        #expect(instants.count == 40)
    }

    @Test("saves up nothing while nobody comes")
    func idle() async throws {
        let limit = RateLimit(count: 100, per: .seconds(1))
        let limiter = RateLimiter(limit)
        try await limiter.wait()
        try await clock.sleep(for: limit.interval * 5)
        let start = clock.now
        let instants = try await passes(limiter, tasks: 5, each: 1)
        for (index, instant) in instants.enumerated() {
            #expect(start.duration(to: instant) >= limit.interval * index)
        }
    }

    @Test("lets the first one pass at once")
    func first() async throws {
        // Were it not at once, the time limit would end this.
        try await RateLimiter(RateLimit(count: 1, per: .seconds(3_600))).wait()
    }

    @Test("lets go of whoever is cancelled, and keeps the turns of the others")
    func cancelled() async throws {
        let limiter = RateLimiter(RateLimit(count: 1, per: .seconds(3_600)))
        try await limiter.wait()
        let task = Task { try await limiter.wait() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    /// The instants at which they passed, in order.
    private func passes(
        _ limiter: RateLimiter, tasks: Int, each count: Int
    ) async throws -> [PreciseClock.Instant] {
        let instants = Notes<PreciseClock.Instant>()
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<tasks {
                group.addTask {
                    for _ in 0..<count {
                        try await limiter.wait()
                        instants.add(PreciseClock().now)
                    }
                }
            }
        }
        return instants.all.sorted()
    }
}
