import Kata
import Synchronization

/// The time of a clock that stands still until a test sets it, and the tasks that sleep on that clock.
final class ManualTime<Instant: Comparable & Sendable>: Sendable {
    private struct Sleeper {
        let deadline: Instant
        /// Whose code sleeps; `nil` if that is nobody's that a pipeline waits for.
        let hand: Hand?
        let wake = Latch()
    }

    private struct State {
        var now: Instant
        var sleepers: [Int: Sleeper] = [:]
        var lastTicket = 0
    }

    private let state: Mutex<State>

    /// - Parameter now: the time until it is set.
    init(_ now: Instant) {
        state = Mutex(State(now: now))
    }

    /// The time that was set last.
    var now: Instant { state.withLock { $0.now } }

    /// The time, and the times that tasks sleep until, the earliest first.
    var reading: (now: Instant, deadlines: [Instant]) {
        state.withLock { ($0.now, $0.sleepers.values.map(\.deadline).sorted()) }
    }

    /// Sets the time. Tasks that sleep until then or until earlier wake.
    func set(_ change: (_ now: Instant) -> Instant) {
        let due = state.withLock { state in
            state.now = change(state.now)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for ticket in due.keys { state.sleepers[ticket] = nil }
            return due.values
        }
        for sleeper in due {
            // First, or it would seem to sleep although it goes on.
            sleeper.hand?.wake()
            sleeper.wake.open()
        }
    }

    /// Sleeps until the time is set to the deadline or later; returns at once if it is.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(until deadline: Instant) async throws {
        try Task.checkCancellation()
        let hand = Hand.current
        let entry: (ticket: Int, sleeper: Sleeper)? = state.withLock { state in
            if deadline <= state.now { return nil }
            state.lastTicket += 1
            let sleeper = Sleeper(deadline: deadline, hand: hand)
            state.sleepers[state.lastTicket] = sleeper
            // Within the lock, so that whoever sets the time finds it asleep.
            hand?.fallAsleep(on: self)
            return (state.lastTicket, sleeper)
        }
        guard let entry else { return }
        defer {
            // It was cancelled.
            if state.withLock({ $0.sleepers.removeValue(forKey: entry.ticket) }) != nil { hand?.wake() }
        }
        try await entry.sleeper.wake.wait()
    }
}
