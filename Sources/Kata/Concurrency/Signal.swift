import Synchronization

/// Something that happens once and that any number of tasks can wait for.
public final class Signal: Sendable {
    private enum State {
        case waiting([UInt64: UnsafeContinuation<Void, any Error>])
        case fired
    }

    private let state = Mutex(State.waiting([:]))
    private let lastTicket = Atomic<UInt64>(0)

    public init() {}

    public var hasFired: Bool {
        state.withLock { state in
            switch state {
            case .waiting: false
            case .fired: true
            }
        }
    }

    /// Wakes everyone who waits, and lets everyone pass from now on. Firing again changes nothing.
    public func fire() {
        let waiters = state.withLock { state in
            switch state {
            case .waiting(let waiters):
                state = .fired
                return Array(waiters.values)
            case .fired:
                return []
            }
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
                    guard case .waiting(var waiters) = state else { return .success(()) }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    waiters[ticket] = waiter
                    state = .waiting(waiters)
                    return nil
                }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> UnsafeContinuation<Void, any Error>? in
                guard case .waiting(var waiters) = state else { return nil }
                let waiter = waiters.removeValue(forKey: ticket)
                state = .waiting(waiters)
                return waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }
}

/// Runs `body`, and cancels it when the signal fires first.
///
/// - Returns: what `body` returned.
/// - Throws: what `body` threw, which is usually `CancellationError` when the signal cut it off.
func withCancellation<Result: Sendable>(
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
