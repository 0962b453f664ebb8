import KataTestSupport
import Testing

@testable import Kata

@Suite("A retry policy")
struct RetryPolicyTests {
    private let policy = RetryPolicy(attempts: 20, backoff: .seconds(1), max: .seconds(600))

    @Test("draws the wait from all of the time up to the longest", arguments: [1, 3, 10, 20])
    func jitter(attempt: Int) throws {
        var generator = SeededGenerator(seed: UInt64(attempt))
        let ceiling = policy.ceiling(after: attempt)
        let delays = try (0..<2_000).map { _ in
            try #require(policy.delay(after: attempt, limit: .max, using: &generator))
        }
        #expect(delays.allSatisfy { (.zero...ceiling).contains($0) })
        // Full jitter: each tenth of the time is drawn about as often as the others.
        for tenth in 0..<10 {
            let count = delays.count { $0 >= ceiling * tenth / 10 && $0 < ceiling * (tenth + 1) / 10 }
            #expect((120...280).contains(count), "tenth \(tenth)")
        }
    }

    @Test("draws the same waits from the same random numbers")
    func repeatable() {
        var generators = [SeededGenerator(seed: 7), SeededGenerator(seed: 7)]
        for attempt in 1...10 {
            let delay = policy.delay(after: attempt, using: &generators[0])
            #expect(delay == policy.ceiling(after: attempt) * Double.random(in: 0...1, using: &generators[1]))
        }
    }

    @Test("gives up after its last attempt", arguments: [1, 2, 5, 1_000])
    func lastAttempt(attempts: Int) {
        let policy = RetryPolicy(attempts: attempts, backoff: .seconds(1), max: .seconds(1))
        var generator = SeededGenerator(seed: 1)
        if attempts > 1 { #expect(policy.delay(after: attempts - 1, using: &generator) != nil) }
        #expect(policy.delay(after: attempts, using: &generator) == nil)
        #expect(policy.delay(after: attempts + 1, using: &generator) == nil)
    }

    @Test("is overruled by a job's own number of attempts, more or fewer", arguments: [1, 2, 19, 21, 1_000])
    func limit(limit: Int) {
        var generator = SeededGenerator(seed: 1)
        if limit > 1 { #expect(policy.delay(after: limit - 1, limit: limit, using: &generator) != nil) }
        #expect(policy.delay(after: limit, limit: limit, using: &generator) == nil)
    }

    @Test("may be not to try again")
    func none() {
        var generator = SeededGenerator(seed: 1)
        #expect(RetryPolicy.none.delay(after: 1, using: &generator) == nil)
        // A job may still bring its own number of attempts.
        #expect(RetryPolicy.none.delay(after: 1, limit: 2, using: &generator) != nil)
    }
}
