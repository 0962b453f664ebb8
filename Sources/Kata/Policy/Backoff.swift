/// The pauses between attempts at the same thing: each may be twice as long as the one before, up to a longest one.
package struct Backoff: Hashable, Sendable {
    /// The pause after the first failure.
    let first: Duration
    /// The longest pause. Where it is shorter than ``first``, every pause is that long.
    let max: Duration

    /// For what is tried until it succeeds: pauses from a second to a minute.
    package static let persistent = Backoff(first: .seconds(1), max: .seconds(60))

    /// Pauses from `first` to `max`.
    package init(first: Duration, max: Duration) {
        self.first = first
        self.max = max
    }

    /// The pause after so many failures in a row.
    package func pause(after failures: Int) -> Duration {
        // Doubled so often, any pause is past any maximum; and a duration that is doubled more often overflows.
        guard first > .zero, failures >= 1 else { return .zero }
        let doublings = Swift.min(failures - 1, 62)
        let limit = max.seconds / first.seconds
        return limit <= Double(UInt64(1) << UInt64(doublings)) ? max : first * (1 << doublings)
    }
}
