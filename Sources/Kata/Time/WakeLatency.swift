import Synchronization

/// How late sleepers wake, learned from the last few, so that the timer can be set that much earlier.
///
/// From the timer's expiry until the task runs, two threads have to wake up, which takes the kernel about 0.1 ms. The
/// least of the last eight latencies is a lead that is rarely too long; whoever wakes too early nevertheless sleeps again.
final class WakeLatency: Sendable {
    private struct State {
        var recent: [8 of Int64] = .init(repeating: 0)
        var next = 0
        var least: Int64 = 0
    }

    private let state = Mutex(State())
    /// A latency that is longer than this is not the kernel's.
    private static let limit: Int64 = 200_000

    /// How much earlier to set the timer.
    var lead: Duration { .nanoseconds(state.withLock { $0.least }) }

    func add(_ latency: Duration) {
        let nanoseconds = min(max(latency.nanoseconds, 0), Self.limit)
        state.withLock { state in
            state.recent[state.next] = nanoseconds
            state.next = (state.next + 1) % state.recent.count
            state.least = state.recent.indices.reduce(.max) { min($0, state.recent[$1]) }
        }
    }
}
