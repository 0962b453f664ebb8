import Synchronization

/// A result that somebody is going to give, and that any number of tasks wait for.
package final class Promise<Success: Sendable>: Sendable {
    private struct State: WaitingState {
        var result: Result<Success, any Error>?
        var waiters = Waiters<Result<Success, any Error>>()
    }

    private let state = Mutex(State())

    /// Makes one without a result.
    package init() {}

    /// Whether there is a result.
    package var isKept: Bool { state.withLock { $0.result != nil } }

    /// Gives the result to all who wait, and to those who come later. Another one after that changes nothing.
    package func keep(_ result: Result<Success, any Error>) {
        let waiters = state.withLock { state in
            if state.result == nil { state.result = result }
            return state.waiters.removeAll()
        }
        for waiter in waiters { waiter.resume(returning: result) }
    }

    /// Waits for the result.
    ///
    /// - Throws: what the result has in place of a value; `CancellationError` if the task is cancelled first.
    package func value() async throws -> Success {
        try await state.wait { $0.result }.get()
    }
}
