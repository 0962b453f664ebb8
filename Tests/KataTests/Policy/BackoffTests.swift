import Testing

@testable import Kata

@Suite("A backoff")
struct BackoffTests {
    private let backoff = Backoff(first: .seconds(1), max: .seconds(600))

    @Test("doubles the pause with each failure, up to the maximum")
    func doubles() {
        let seconds = (1...13).map { backoff.pause(after: $0) }
        #expect(seconds == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600].map { .seconds($0) })
    }

    @Test("reaches a maximum that is a power of two exactly")
    func exactMaximum() {
        let backoff = Backoff(first: .milliseconds(250), max: .seconds(1))
        #expect((1...4).map { backoff.pause(after: $0) } == [250, 500, 1_000, 1_000].map { .milliseconds($0) })
    }

    @Test("keeps to its maximum after any number of failures", arguments: [63, 64, 65, 127, 128, 1_000, 1 << 40, .max])
    func manyFailures(failures: Int) {
        #expect(backoff.pause(after: failures) == .seconds(600))
        let longest = Backoff(first: .nanoseconds(1), max: .seconds(365 * 24 * 3_600))
        #expect(longest.pause(after: failures) == .seconds(365 * 24 * 3_600))
    }

    @Test("is no pause without a first one", arguments: [1, 2, 100, .max])
    func noPause(failures: Int) {
        #expect(Backoff(first: .zero, max: .seconds(9)).pause(after: failures) == .zero)
        #expect(Backoff(first: .zero, max: .zero).pause(after: failures) == .zero)
    }

    @Test("keeps to a maximum that is shorter than the first pause")
    func shortMaximum() {
        let backoff = Backoff(first: .seconds(9), max: .seconds(2))
        #expect((1...3).map { backoff.pause(after: $0) } == Array(repeating: .seconds(2), count: 3))
    }
}
