import KataTestSupport
import Testing

@testable import Kata

@Suite("A retry policy")
struct RetryPolicyTests {
    private let policy = RetryPolicy(attempts: 20, backoff: .seconds(1), max: .seconds(600))

    @Test("doubles the longest wait with each attempt, up to the maximum")
    func doubles() {
        let seconds = (1...13).map { policy.ceiling(after: $0) }
        #expect(seconds == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600].map { .seconds($0) })
    }

    @Test("reaches a maximum that is a power of two exactly")
    func exactMaximum() {
        let policy = RetryPolicy(attempts: 9, backoff: .milliseconds(250), max: .seconds(1))
        #expect((1...4).map { policy.ceiling(after: $0) } == [250, 500, 1_000, 1_000].map { .milliseconds($0) })
    }

    @Test("keeps to its maximum after any number of attempts", arguments: [63, 64, 65, 127, 128, 1_000, 1 << 40, .max])
    func manyAttempts(attempt: Int) {
        #expect(policy.ceiling(after: attempt) == .seconds(600))
        let longest = RetryPolicy(attempts: .max, backoff: .nanoseconds(1), max: .seconds(365 * 24 * 3_600))
        #expect(longest.ceiling(after: attempt) == .seconds(365 * 24 * 3_600))
    }

    @Test("waits for nothing without a backoff", arguments: [1, 2, 100, .max])
    func noBackoff(attempt: Int) {
        #expect(RetryPolicy(attempts: 9, backoff: .zero, max: .seconds(9)).ceiling(after: attempt) == .zero)
        #expect(RetryPolicy(attempts: 9, backoff: .zero, max: .zero).ceiling(after: attempt) == .zero)
    }

    @Test("keeps to a maximum that is shorter than the backoff")
    func shortMaximum() {
        let policy = RetryPolicy(attempts: 9, backoff: .seconds(9), max: .seconds(2))
        #expect((1...3).map { policy.ceiling(after: $0) } == Array(repeating: .seconds(2), count: 3))
    }

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
