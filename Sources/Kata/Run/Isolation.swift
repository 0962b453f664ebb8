import Synchronization

/// Lets most jobs work side by side, and a suspect one alone.
///
/// When the daemon was ended by a job, every job that was in hand at that time has been interrupted. Which of them it
/// was shows once each has been alone.
final class Isolation: Sendable {
    private struct State: WaitingState {
        var inside = 0
        var isAlone = false
        var waiters = Waiters<Void>()
        /// Whether the job of a waiter is suspect, by its ticket.
        var isSuspect: [UInt64: Bool] = [:]

        /// Lets a job in, if it may begin now.
        mutating func enter(_ isSuspect: Bool) -> Bool {
            if isAlone || isSuspect && inside > 0 { return false }
            inside += 1
            isAlone = isSuspect
            return true
        }

        mutating func leave() {
            inside -= 1
            if inside == 0 { isAlone = false }
        }

        /// Lets those jobs in that have waited longest, as many as may begin now.
        mutating func admit() -> [Waiters<Void>.Waiter] {
            var admitted: [Waiters<Void>.Waiter] = []
            while let ticket = waiters.first, enter(isSuspect[ticket] ?? false) {
                isSuspect[ticket] = nil
                if let waiter = waiters.remove(ticket) { admitted.append(waiter) }
            }
            // What is left is of waiters that were cancelled.
            if waiters.isEmpty { isSuspect = [:] }
            return admitted
        }
    }

    private let state = Mutex(State())

    /// Waits until the job may begin.
    ///
    /// - Throws: `CancellationError` if the task is cancelled first; the job is not in then.
    func enter(isSuspect: Bool) async throws {
        try await state.wait { state in
            state.waiters.isEmpty && state.enter(isSuspect) ? () : nil
        } joined: { state, ticket in
            state.isSuspect[ticket] = isSuspect
        }
    }

    func leave() {
        let admitted = state.withLock { state in
            state.leave()
            return state.admit()
        }
        for waiter in admitted { waiter.resume() }
    }
}
