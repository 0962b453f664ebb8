import Synchronization

/// Is closed until it is opened, once and for good. Any number of tasks can wait for that.
public final class Latch: Sendable {
    private struct State: WaitingState {
        var isOpen = false
        var waiters = Waiters<Void>()
    }

    private let state = Mutex(State())

    /// Makes a latch that is closed.
    public init() {}

    /// Whether the latch was opened.
    public var isOpen: Bool { state.withLock { $0.isOpen } }

    /// Wakes every task that waits, and lets every task pass from now on. Opening the latch again changes nothing.
    public func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            return state.waiters.removeAll()
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until the latch is open; returns at once if it is.
    ///
    /// - Throws: `CancellationError` if the task is cancelled first.
    public func wait() async throws {
        try await state.wait { $0.isOpen ? () : nil }
    }

    /// Waits until the latch is open, even if the task is cancelled: for what nobody else would wait for.
    package func waitIgnoringCancellation() async {
        // Throws nothing: no cancellation reaches it, and neither does what it looks for throw.
        try? await state.waitUncancelled { $0.isOpen ? () : nil }
    }
}

/// Runs `body` in a child task, and cancels it when the latch opens first.
///
/// - Returns: what `body` returned.
/// - Throws: what `body` threw, which is usually `CancellationError` when the latch cut it off.
package func withCancellation<Result: Sendable>(
    on latch: Latch,
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        // Child tasks: a cancellation of the caller reaches the body as well.
        group.addTask { try await body() }
        group.addTask {
            // Cancelled as soon as the body is done; then there is nothing left to wait for.
            try? await latch.wait()
            return nil
        }
        while let first = try await group.next() {
            group.cancelAll()
            if let result = first { return result }
        }
        throw CancellationError()
    }
}

/// The same with two latches, whichever opens first.
package func withCancellation<Result: Sendable>(
    on first: Latch, or second: Latch, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withCancellation(on: first) { try await withCancellation(on: second, body) }
}
