import Synchronization

/// Something that happens once and that any number of tasks can wait for.
public final class Signal: Sendable {
    private struct State {
        var hasFired = false
        /// Nobody waits once it has fired.
        var waiters: [UInt64: UnsafeContinuation<Void, any Error>] = [:]
    }

    private let state = Mutex(State())
    private let lastTicket = Atomic<UInt64>(0)

    public init() {}

    public var hasFired: Bool {
        state.withLock { $0.hasFired }
    }

    /// Wakes everyone who waits, and lets everyone pass from now on. Firing again changes nothing.
    public func fire() {
        let waiters = state.withLock { state in
            state.hasFired = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until the signal has fired.
    ///
    /// - Throws: `CancellationError` if the task is cancelled first.
    public func wait() async throws {
        let ticket = lastTicket.add(1, ordering: .relaxed).newValue
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (waiter: UnsafeContinuation<Void, any Error>) in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if state.hasFired { return .success(()) }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiters[ticket] = waiter
                    return nil
                }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: ticket) }
            waiter?.resume(throwing: CancellationError())
        }
    }
}

/// Runs `body`, and cancels it when the signal fires first.
///
/// - Returns: what `body` returned.
/// - Throws: what `body` threw, which is usually `CancellationError` when the signal cut it off.
package func withCancellation<Result: Sendable>(
    on signal: Signal,
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            // Cancelled as soon as the body is done; then there is nothing left to wait for.
            try? await signal.wait()
            return nil
        }
        while let first = try await group.next() {
            group.cancelAll()
            if let result = first { return result }
        }
        throw CancellationError()
    }
}
