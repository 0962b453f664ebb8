public import Kata
import Synchronization

/// A civil clock that stands still until a test sets it, forward or back.
public final class ManualWallClock: WallClock {
    private struct Sleeper {
        let deadline: Timestamp
        let wake = Signal()
    }

    private struct State {
        var now: Timestamp
        var sleepers: [Int: Sleeper] = [:]
        var lastTicket = 0
    }

    private let state: Mutex<State>

    public init(_ now: Timestamp = .sampleStart) {
        state = Mutex(State(now: now))
    }

    public func now() -> Timestamp { state.withLock { $0.now } }

    /// What those who sleep wait for, the earliest first.
    public var deadlines: [Timestamp] { state.withLock { $0.sleepers.values.map(\.deadline).sorted() } }

    /// Sets the clock. Whoever sleeps until then or until earlier wakes.
    public func advance(to time: Timestamp) {
        let due = state.withLock { state in
            state.now = time
            let due = state.sleepers.filter { $0.value.deadline <= time }
            for ticket in due.keys { state.sleepers[ticket] = nil }
            return due.values
        }
        for sleeper in due { sleeper.wake.fire() }
    }

    public func advance(by duration: Duration) {
        advance(to: now().advanced(by: duration))
    }

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
