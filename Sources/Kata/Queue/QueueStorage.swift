public import Synchronization

/// Shares one ``QueueStateMachine`` between tasks: changes it under a lock and resumes waiters outside of it.
///
/// Waiters are `UnsafeContinuation`s: each is resumed once, by whichever event takes it out of the state machine, and
/// the state machine never gives out the same waiter twice.
@usableFromInline
final class QueueStorage<Element: Sendable>: Sendable {
    @usableFromInline
    typealias Machine = QueueStateMachine<
        Element, UnsafeContinuation<Void, any Error>, UnsafeContinuation<Element?, any Error>
    >

    @usableFromInline let size: Int
    @usableFromInline let machine: Mutex<Machine>

    @inlinable
    init(size: Int) {
        self.size = size
        self.machine = Mutex(Machine(size: size))
    }

    @inlinable var depth: Int { machine.withLock { $0.depth } }

    @inlinable
    func put(_ element: Element) async throws {
        switch machine.withLock({ $0.put(element) }) {
        case .stored: return
        case .handOver(let taker, let element): taker.resume(returning: element)
        case .wait(let ticket): try await waitToPut(element, ticket: ticket)
        case .refused: throw QueueFinished()
        }
    }

    @inlinable
    func next() async throws -> Element? {
        switch machine.withLock({ $0.take() }) {
        case .take(let element, let admitted):
            admitted?.resume()
            return element
        case .wait(let ticket): return try await waitToTake(ticket: ticket)
        case .end: return nil
        }
    }

    @inlinable
    func finish() {
        let action = machine.withLock { $0.finish() }
        for taker in action.takersAtEnd { taker.resume(returning: nil) }
        for putter in action.puttersRefused { putter.resume(throwing: QueueFinished()) }
    }

    @inlinable
    func waitToPut(_ element: Element, ticket: UInt64) async throws {
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (putter: UnsafeContinuation<Void, any Error>) in
                // Looked at under the lock: a later cancellation finds the waiter in line, an earlier one is seen here.
                let action: Machine.PutAction? = machine.withLock {
                    Task.isCancelled ? nil : $0.waitToPut(element, ticket: ticket, putter: putter)
                }
                switch action {
                case nil: putter.resume(throwing: CancellationError())
                case .wait: break
                case .stored: putter.resume()
                case .handOver(let taker, let element):
                    taker.resume(returning: element)
                    putter.resume()
                case .refused: putter.resume(throwing: QueueFinished())
                }
            }
        } onCancel: {
            machine.withLock { $0.cancelPut(ticket) }?.resume(throwing: CancellationError())
        }
    }

    @inlinable
    func waitToTake(ticket: UInt64) async throws -> Element? {
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (taker: UnsafeContinuation<Element?, any Error>) in
                let action: Machine.TakeAction? = machine.withLock {
                    Task.isCancelled ? nil : $0.waitToTake(ticket: ticket, taker: taker)
                }
                switch action {
                case nil: taker.resume(throwing: CancellationError())
                case .wait: break
                case .take(let element, let admitted):
                    admitted?.resume()
                    taker.resume(returning: element)
                case .end: taker.resume(returning: nil)
                }
            }
        } onCancel: {
            machine.withLock { $0.cancelTake(ticket) }?.resume(throwing: CancellationError())
        }
    }
}
