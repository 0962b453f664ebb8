import DequeModule
package import Synchronization

/// Tasks that wait in line, each for a value. They are part of a ``WaitingState``, and so guarded by that state's lock.
///
/// A waiter is resumed by whoever takes it out of the line, once, and after the lock was given back.
package struct Waiters<Given: Sendable>: Sendable {
    /// Stands for one task in line.
    package typealias Ticket = UInt64
    /// What a task in line is resumed with, exactly once.
    package typealias Waiter = UnsafeContinuation<Given, any Error>

    private var waiting: [Ticket: Waiter] = [:]
    /// Tickets in the order in which they joined; the tasks of some may have left.
    private var line: Deque<Ticket> = []

    /// Makes an empty line.
    package init() {}

    package var isEmpty: Bool { waiting.isEmpty }
    /// How many tasks wait.
    package var count: Int { waiting.count }

    /// Whether the task with that ticket waits.
    package func contains(_ ticket: Ticket) -> Bool { waiting[ticket] != nil }

    /// The ticket of the task that has waited longest; `nil` if none waits.
    package var first: Ticket? {
        mutating get {
            while let ticket = line.first, waiting[ticket] == nil { line.removeFirst() }
            return line.first
        }
    }

    /// Takes out the task that has waited longest; `nil` if none waits.
    package mutating func popFirst() -> Waiter? {
        while let ticket = line.popFirst() {
            if let waiter = waiting.removeValue(forKey: ticket) { return waiter }
        }
        return nil
    }

    /// Takes out exactly the task with that ticket; `nil` if it no longer waits.
    package mutating func remove(_ ticket: Ticket) -> Waiter? {
        let waiter = waiting.removeValue(forKey: ticket)
        if line.count > 2 * waiting.count + 64 { line.removeAll { waiting[$0] == nil } }
        return waiter
    }

    /// Takes out all tasks, in order.
    package mutating func removeAll() -> [Waiter] {
        defer {
            waiting = [:]
            line = []
        }
        return line.compactMap { waiting[$0] }
    }

    fileprivate mutating func join(_ waiter: Waiter, _ ticket: Ticket) {
        waiting[ticket] = waiter
        line.append(ticket)
    }
}

/// A state in a `Mutex` that tasks wait for.
package protocol WaitingState: SendableMetatype {
    /// What a task that waits is given.
    associatedtype Given: Sendable
    /// The tasks that wait for this state to change.
    var waiters: Waiters<Given> { get set }
}

/// No ticket is given twice, whatever it is for.
private let lastTicket = Atomic<UInt64>(0)

extension Mutex where Value: WaitingState {
    /// Gets a value at once, or waits in line for it.
    ///
    /// - Parameters:
    ///   - answer: what can be given at once; `nil` means that the task has to wait. Called under the lock.
    ///   - joined: called under the lock with the ticket of a task that waits from now on.
    /// - Throws: `CancellationError` if the task is cancelled while it waits. It has left the line then.
    package func wait(
        unless answer: (inout Value) -> Value.Given?, joined: (inout Value, UInt64) -> Void = { _, _ in }
    ) async throws -> Value.Given {
        if let given = withLock({ answer(&$0) }) { return given }
        let ticket = lastTicket.add(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { waiter in
                let result: Result<Value.Given, any Error>? = withLock { state in
                    if let given = answer(&state) { return .success(given) }
                    // Under the lock: a cancellation that comes later finds the waiter in line.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiters.join(waiter, ticket)
                    joined(&state, ticket)
                    return nil
                }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            withLock { $0.waiters.remove(ticket) }?.resume(throwing: CancellationError())
        }
    }

    /// Gets a value at once, or waits in line for it, out of reach of cancellation. Whoever takes the waiter out of the
    /// line must resume it in any case.
    ///
    /// - Throws: what the waiter is resumed with.
    package func waitUncancelled(unless answer: (inout Value) throws -> Value.Given?) async throws -> Value.Given {
        let ticket = lastTicket.add(1, ordering: .relaxed).newValue
        return try await withUnsafeThrowingContinuation { waiter in
            let result: Result<Value.Given, any Error>? = withLock { state in
                do {
                    if let given = try answer(&state) { return .success(given) }
                } catch {
                    return .failure(error)
                }
                state.waiters.join(waiter, ticket)
                return nil
            }
            if let result { waiter.resume(with: result) }
        }
    }
}
