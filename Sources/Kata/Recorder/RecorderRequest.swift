import Synchronization

/// What waits for the recorder's next transaction.
enum RecorderRequest: Sendable {
    case completion(Completion, alarms: AlarmRules?, observer: (any CompletionObserver)?)
    case operation(RecorderOperation)
    /// Asks for nothing but an answer, which does not wait for the store.
    case question(answer: @Sendable () -> Void)
}

/// A write that somebody waits for: applied in the transaction, answered after its commit.
struct RecorderOperation: Sendable {
    /// Whether to wait while the store takes no writes. Otherwise the operation fails at once then.
    let waits: Bool
    /// Makes the write, again if the transaction before failed. A refusal (``StoreError``) is kept for the answer, and
    /// leaves the transaction to other requests.
    let apply: @Sendable (any StoreTransaction) throws -> Void
    let acknowledge: @Sendable () -> Void
    let fail: @Sendable (any Error) -> Void

    init<Output: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Output,
        waits: Bool,
        committed: @escaping @Sendable (Output) -> Void,
        continuation: CheckedContinuation<Output, any Error>
    ) {
        self.waits = waits
        let answer = Answer<Output>()
        apply = { transaction in
            do {
                let output = try transaction.attempt { try body(transaction) }
                answer.value.withLock { $0 = .success(output) }
            } catch let refusal as StoreError {
                answer.value.withLock { $0 = .failure(refusal) }
            }
        }
        acknowledge = {
            switch answer.value.withLock({ $0 }) {
            case .success(let output):
                committed(output)
                continuation.resume(returning: output)
            case .failure(let error): continuation.resume(throwing: error)
            case nil: preconditionFailure("acknowledged before it was applied")
            }
        }
        fail = { continuation.resume(throwing: $0) }
    }

    /// A write that nobody waits for, and that is never refused.
    ///
    /// - Parameter ended: called when it is durable, and with `false` if it never will be.
    init(_ body: @escaping @Sendable (any StoreTransaction) throws -> Void, ended: @escaping @Sendable (Bool) -> Void) {
        waits = true
        apply = body
        acknowledge = { ended(true) }
        fail = { _ in ended(false) }
    }
}

private final class Answer<Output: Sendable>: Sendable {
    let value = Mutex<Result<Output, any Error>?>(nil)
}
