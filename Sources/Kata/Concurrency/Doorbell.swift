import Synchronization

/// Wakes one task when there is something to look at. Rings while it is busy are kept as one.
final class Doorbell: Sendable {
    private enum State {
        case quiet
        case rung
        case waiting(UnsafeContinuation<Void, any Error>)
    }

    private let state = Mutex(State.quiet)

    func ring() {
        let waiter: UnsafeContinuation<Void, any Error>? = state.withLock { state in
            if case .waiting(let waiter) = state {
                state = .quiet
                return waiter
            }
            state = .rung
            return nil
        }
        waiter?.resume()
    }

    /// Waits for a ring, or takes the one that was kept. To be called by one task at a time.
    ///
    /// - Throws: `CancellationError` if the task is cancelled first; no ring is lost by that.
    func wait() async throws {
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (waiter: UnsafeContinuation<Void, any Error>) in
                let result: Result<Void, any Error>? = state.withLock { state in
                    switch state {
                    case .rung:
                        state = .quiet
                        return .success(())
                    case .quiet where Task.isCancelled:
                        return .failure(CancellationError())
                    case .quiet:
                        state = .waiting(waiter)
                        return nil
                    case .waiting:
                        preconditionFailure("two tasks wait for one doorbell")
                    }
                }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            let waiter: UnsafeContinuation<Void, any Error>? = state.withLock { state in
                guard case .waiting(let waiter) = state else { return nil }
                state = .quiet
                return waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }
}
