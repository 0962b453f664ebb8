public import Kata
import Synchronization

/// A monotonic clock that stands still until a test lets time pass.
public final class ManualClock: MonotonicClock {
    /// That of all monotonic clocks.
    public typealias Instant = MonotonicInstant

    private struct Sleeper {
        let deadline: Instant
        let wake = Latch()
    }

    private struct State {
        var now = Instant(nanoseconds: 0)
        var sleepers: [Int: Sleeper] = [:]
        var lastTicket = 0
    }

    private let state = Mutex(State())

    /// Stands at 0 until time passes.
    public init() {}

    /// How much time has passed.
    public var now: Instant { state.withLock { $0.now } }
    /// A nanosecond.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// How long the sleeps that are under way have still to go, the shortest first.
    public var sleeps: [Duration] {
        state.withLock { state in state.sleepers.values.map { state.now.duration(to: $0.deadline) }.sorted() }
    }

    /// Lets that time pass, and wakes the tasks that sleep no longer than that.
    public func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for ticket in due.keys { state.sleepers[ticket] = nil }
            return due.values
        }
        for sleeper in due { sleeper.wake.open() }
    }

    /// Sleeps until so much time has passed; returns at once if it has.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
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
