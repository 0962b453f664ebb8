import Synchronization

/// A call of a handler or a source that is under way.
final class Hand: Sendable {
    /// The one whose code the task runs; `nil` outside of one.
    @TaskLocal static var current: Hand?

    private let sleeps = Mutex(0)

    /// Whether it waits for a test's clock. Of what it does meanwhile nothing is known.
    var isAsleep: Bool { sleeps.withLock { $0 > 0 } }

    /// Counts a sleep on a test's clock.
    func sleep<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        sleeps.withLock { $0 += 1 }
        defer { sleeps.withLock { $0 -= 1 } }
        return try await body()
    }
}

/// The calls of a pipeline's handler and source that are under way.
final class Hands: Sendable {
    private let hands = Mutex<[ObjectIdentifier: Hand]>([:])

    /// Whether one of them is at work, so that it brings about something without any time passing.
    var areBusy: Bool { hands.withLock { $0.values.contains { !$0.isAsleep } } }

    /// Counts a call.
    func hold<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        let hand = Hand()
        hands.withLock { $0[ObjectIdentifier(hand)] = hand }
        defer { hands.withLock { $0[ObjectIdentifier(hand)] = nil } }
        return try await Hand.$current.withValue(hand, operation: body)
    }
}
