import KataTestSupport
import Testing

@testable import Kata

@Suite("The rate limiter", .timeLimit(.minutes(10)))
struct RateLimiterTests {
    private let clock = PreciseClock()

    private static func job(_ key: String?) -> Job { Job(id: 1, runID: 1, item: "x", key: key) }

    @Test("lets nobody begin before its turn, however many come at once", arguments: [1, 8, 40])
    func turns(tasks: Int) async throws {
        let limit = RateLimit(count: 200, per: .seconds(1))
        let limiter = try #require(
            RateLimiter(WorkLimits(rate: limit), runtime: Runtime(clock: clock), news: FeedNews()))
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
        let limiter = try #require(
            RateLimiter(WorkLimits(rate: limit), runtime: Runtime(clock: clock), news: FeedNews()))
        _ = try await limiter.wait(for: Self.job(nil), unless: Latch())
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
        let limiter = try #require(
            RateLimiter(
                WorkLimits(rate: RateLimit(count: 1, per: .seconds(3_600))), runtime: Runtime(clock: clock),
                news: FeedNews()))
        try await #expect(limiter.wait(for: Self.job(nil), unless: Latch()))
    }

    @Test("lets go of whoever is cancelled, and keeps the turns of the others")
    func cancelled() async throws {
        let limiter = try #require(
            RateLimiter(
                WorkLimits(rate: RateLimit(count: 1, per: .seconds(3_600))), runtime: Runtime(clock: clock),
                news: FeedNews()))
        try await #expect(limiter.wait(for: Self.job(nil), unless: Latch()))
        let task = Task { try await limiter.wait(for: Self.job(nil), unless: Latch()) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("lets go of whoever waits when a drain begins")
    func drain() async throws {
        let limiter = try #require(
            RateLimiter(
                WorkLimits(rate: RateLimit(count: 1, per: .seconds(3_600))), runtime: Runtime(clock: clock),
                news: FeedNews()))
        let drain = Latch()
        drain.open()
        try await #expect(limiter.wait(for: Self.job(nil), unless: drain), "whose turn it is goes on")
        try await #expect(!limiter.wait(for: Self.job(nil), unless: drain))
    }

    @Test("spaces the jobs with the same key, and no others")
    func keys() async throws {
        let limiter = try #require(
            RateLimiter(
                WorkLimits(ratePerKey: RateLimit(count: 1, per: .seconds(3_600))), runtime: Runtime(clock: clock),
                news: FeedNews()))
        let drain = Latch()
        drain.open()
        for key in ["a", "b"] {
            try await #expect(limiter.wait(for: Self.job(key), unless: drain))
            try await #expect(!limiter.wait(for: Self.job(key), unless: drain))
        }
        for _ in 1...3 { try await #expect(limiter.wait(for: Self.job(nil), unless: drain)) }
    }

    @Test("is none without a rate")
    func none() {
        #expect(RateLimiter(WorkLimits(concurrencyPerKey: 1), runtime: Runtime(clock: clock), news: FeedNews()) == nil)
    }

    /// The instants at which they passed, in order.
    private func passes(
        _ limiter: RateLimiter, tasks: Int, each count: Int
    ) async throws -> [MonotonicInstant] {
        let instants = Notes<MonotonicInstant>()
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<tasks {
                group.addTask {
                    for _ in 0..<count {
                        _ = try await limiter.wait(for: Self.job(nil), unless: Latch())
                        instants.add(PreciseClock().now)
                    }
                }
            }
        }
        return instants.all.sorted()
    }
}
