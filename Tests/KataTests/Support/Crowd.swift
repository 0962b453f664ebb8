import Synchronization

/// Counts who is in a place at once.
final class Crowd: Sendable {
    private struct State {
        var inside = 0
        var most = 0
        var total = 0
    }

    private let state = Mutex(State())

    /// - Returns: how many are inside with that.
    @discardableResult
    func enter() -> Int {
        state.withLock { state in
            state.inside += 1
            state.total += 1
            state.most = max(state.most, state.inside)
            return state.inside
        }
    }

    func leave() {
        state.withLock { $0.inside -= 1 }
    }

    var inside: Int { state.withLock { $0.inside } }
    /// How many were inside at once at the most.
    var most: Int { state.withLock { $0.most } }
    /// How many entered.
    var total: Int { state.withLock { $0.total } }
}
