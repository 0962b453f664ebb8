public import Kata
import Synchronization

/// A civil clock that stands still until a test sets it, forward or back.
public final class ManualWallClock: WallClock {
    private struct Sleeper {
        let deadline: Timestamp
        let wake = Latch()
    }

    private struct State {
        var now: Timestamp
        var sleepers: [Int: Sleeper] = [:]
        var lastTicket = 0
    }

    private let state: Mutex<State>

    /// - Parameter now: what it shows until it is set.
    public init(_ now: Timestamp = .sampleStart) {
        state = Mutex(State(now: now))
    }

    /// The time that was set last.
    public func now() -> Timestamp { state.withLock { $0.now } }

    /// The times that tasks sleep until, the earliest first.
    public var deadlines: [Timestamp] { state.withLock { $0.sleepers.values.map(\.deadline).sorted() } }

    /// Sets the clock. Tasks that sleep until then or until earlier wake.
    public func advance(to time: Timestamp) {
        let due = state.withLock { state in
            state.now = time
            let due = state.sleepers.filter { $0.value.deadline <= time }
            for ticket in due.keys { state.sleepers[ticket] = nil }
            return due.values
        }
        for sleeper in due { sleeper.wake.open() }
    }

    /// Sets the clock forward, or back for a negative duration. Tasks that sleep until then or until earlier wake.
    public func advance(by duration: Duration) {
        advance(to: now().advanced(by: duration))
    }

    /// Sleeps until the clock is set to the deadline or later; returns at once if it is.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until deadline: Timestamp) async throws {
        try Task.checkCancellation()
        let entry: (ticket: Int, sleeper: Sleeper)? = state.withLock { state in
            if deadline <= state.now { return nil }
            state.lastTicket += 1
            let sleeper = Sleeper(deadline: deadline)
            state.sleepers[state.lastTicket] = sleeper
            return (state.lastTicket, sleeper)
        }
        guard let entry else { return }
        defer { state.withLock { $0.sleepers[entry.ticket] = nil } }
        try await entry.sleeper.wake.wait()
    }
}
