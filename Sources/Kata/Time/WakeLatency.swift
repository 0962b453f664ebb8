import Synchronization

/// How late sleepers wake, learned from the last few, so that the timer can be set that much earlier.
///
/// From the timer's expiry until the task runs, two threads have to wake up, which takes the kernel about 0.1 ms. Three
/// in four of the last latencies were no longer than the lead, so most sleepers wake a little early, and look at the
/// clock until it is time.
final class WakeLatency: Sendable {
    private struct State {
        var recent: [8 of Duration] = .init(repeating: .zero)
        var next = 0
        var usual = Duration.zero
    }

    private let state = Mutex(State())
    /// A latency longer than this has another cause than the kernel, and is not learned from.
    static let limit = Duration.microseconds(200)

    /// How much earlier to set the timer.
    var lead: Duration { state.withLock { $0.usual } }

    /// Learns from a sleeper that woke that much after the time for which the timer was set.
    func add(_ latency: Duration) {
        guard latency <= Self.limit else { return }
        state.withLock { state in
            state.recent[state.next] = max(latency, .zero)
            state.next = (state.next + 1) % state.recent.count
            state.usual = state.recent.indices.map { state.recent[$0] }.sorted()[3 * state.recent.count / 4 - 1]
        }
    }
}
