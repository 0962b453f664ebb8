import KataTestSupport
import Testing

@testable import Kata

/// Random work under random limits, beside a model that is too simple to be wrong: it knows every job and looks at all
/// of them each time.
@Suite("The order of a feed under limits, and its model", .timeLimit(.minutes(10)))
struct FeedOrderModelTests {
    private static let hour = RateLimit(count: 1, per: .seconds(3_600))
    private static let tenth = RateLimit(count: 10, per: .seconds(1))
    private static let limits = [
        WorkLimits(concurrencyPerKey: 1), WorkLimits(concurrencyPerKey: 3), WorkLimits(ratePerKey: tenth),
        WorkLimits(ratePerKey: hour, concurrencyPerKey: 2), WorkLimits(rate: tenth),
        WorkLimits(rate: tenth, ratePerKey: hour, concurrencyPerKey: 1),
        WorkLimits(ratePerKey: RateLimit(count: 1_000, per: .seconds(1)), concurrencyPerKey: 1),
    ]
    private static let bounds = [
        KeyLimiter.Bounds(), KeyLimiter.Bounds(jobsPerKey: 2, jobs: 4), KeyLimiter.Bounds(jobsPerKey: 3, jobs: 0),
        KeyLimiter.Bounds(sizePerKey: 5, size: 12),
    ]

    @Test("agree on each job", arguments: limits, 1...4)
    func agree(limits: WorkLimits, seed: UInt64) async throws {
        let bounds = Self.bounds[Int(seed) % Self.bounds.count]
        let model = try await FeedOrderModel(seed: seed, limits: limits, bounds: bounds)
        for _ in 0..<120 { try await model.step() }
        try await model.finish()
        await model.fixture.recorder.stop()
    }
}
