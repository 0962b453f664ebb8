import Synchronization

/// Wakes one task when there is something to look at, and is reset by that. An event that is set several times before
/// somebody waits for it wakes once.
package final class AutoResetEvent: Sendable {
    private struct State: WaitingState {
        var isSet = false
        var waiters = Waiters<Void>()
    }

    private let state = Mutex(State())

    /// Makes an event that is not set.
    package init() {}

    /// Wakes the task that has waited longest, or else lets the next one pass.
    package func set() {
        let waiter = state.withLock { state in
            let waiter = state.waiters.popFirst()
            if waiter == nil { state.isSet = true }
            return waiter
        }
        waiter?.resume()
    }

    /// Waits until the event is set, and resets it.
    ///
    /// - Throws: `CancellationError` if the task is cancelled first; an event that is set stays so.
    package func wait() async throws {
        try await state.wait { state in
            defer { state.isSet = false }
            return state.isSet ? () : nil
        }
    }
}
