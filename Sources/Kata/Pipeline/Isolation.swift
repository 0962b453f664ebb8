import Synchronization

/// Lets most jobs work side by side, and a suspect one alone.
///
/// When the daemon was ended by a job, every job that was in hand at that time has been interrupted. Which of them it was
/// shows once each has been alone.
final class Isolation: Sendable {
    private struct State {
        var inside = 0
        var isAlone = false
        /// In order.
        var waiters: [(isSuspect: Bool, continuation: UnsafeContinuation<Void, Never>)] = []

        func mayEnter(_ isSuspect: Bool) -> Bool { !isAlone && (!isSuspect || inside == 0) }

        mutating func enter(_ isSuspect: Bool) {
            inside += 1
            isAlone = isSuspect
        }
    }

    private let state = Mutex(State())

    /// Waits until the job may begin. Whoever waits gets its turn, so a cancellation need not be heard.
    func enter(isSuspect: Bool) async {
        await withUnsafeContinuation { continuation in
            let enters = state.withLock { state in
                guard state.waiters.isEmpty, state.mayEnter(isSuspect) else {
                    state.waiters.append((isSuspect, continuation))
                    return false
                }
                state.enter(isSuspect)
                return true
            }
            if enters { continuation.resume() }
        }
    }

    func leave() {
        let admitted = state.withLock { state in
            state.inside -= 1
            if state.inside == 0 { state.isAlone = false }
            var admitted: [UnsafeContinuation<Void, Never>] = []
            while let first = state.waiters.first, state.mayEnter(first.isSuspect) {
                state.waiters.removeFirst()
                state.enter(first.isSuspect)
                admitted.append(first.continuation)
            }
            return admitted
        }
        for continuation in admitted { continuation.resume() }
    }
}
