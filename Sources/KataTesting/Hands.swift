import Synchronization

/// The calls of a pipeline's handler and source that are under way.
final class Hands: Sendable {
    private let hands = Mutex<[ObjectIdentifier: Hand]>([:])
    private let time: PipelineTime
    private let arrivals: Arrivals

    init(_ time: PipelineTime, _ arrivals: Arrivals) {
        self.time = time
        self.arrivals = arrivals
    }

    /// Whether one of them is at work, so that it brings about something without any time passing.
    var areBusy: Bool { hands.withLock { $0.values.contains { !$0.isAsleep } } }

    /// Whether one of them sleeps on a clock that is not the pipeline's.
    var haveStrangeClock: Bool { hands.withLock { $0.values.contains(where: \.hasStrangeClock) } }

    /// Counts a call.
    func hold<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        let hand = Hand(time, arrivals)
        hands.withLock { $0[ObjectIdentifier(hand)] = hand }
        defer {
            hands.withLock { $0[ObjectIdentifier(hand)] = nil }
            arrivals.tell()
        }
        return try await Hand.$current.withValue(hand, operation: body)
    }
}
