import Synchronization

/// Room in memory for the bodies of requests, shared by all connections. Who finds none waits in line.
///
/// Room is given for a whole body at once, so that a body that was begun can always be finished.
final class BodyBudget: Sendable {
    private struct State {
        var free: Int
        /// In the order in which they came.
        var line: [(bytes: Int, onRoom: @Sendable (BodyReservation) -> Void)] = []
    }

    private let state: Mutex<State>

    /// - Parameter bytes: how much room there is in all.
    init(bytes: Int) {
        state = Mutex(State(free: bytes))
    }

    /// Gives room if there is some and nobody waits.
    func reserve(_ bytes: Int) -> BodyReservation? {
        let isFree = state.withLock { state in
            guard state.line.isEmpty, state.free >= bytes else { return false }
            state.free -= bytes
            return true
        }
        return isFree ? BodyReservation(bytes, in: self) : nil
    }

    /// Gives room as soon as there is some. Who does not want it any more drops it.
    ///
    /// - Parameter onRoom: called once, on whatever thread the room became free.
    func whenFree(_ bytes: Int, onRoom: @escaping @Sendable (BodyReservation) -> Void) {
        state.withLock { $0.line.append((bytes, onRoom)) }
        serveLine()
    }

    fileprivate func release(_ bytes: Int) {
        state.withLock { $0.free += bytes }
        serveLine()
    }

    private func serveLine() {
        while true {
            let next = state.withLock { state -> (bytes: Int, onRoom: @Sendable (BodyReservation) -> Void)? in
                guard let first = state.line.first, state.free >= first.bytes else { return nil }
                state.free -= first.bytes
                return state.line.removeFirst()
            }
            guard let next else { return }
            next.onRoom(BodyReservation(next.bytes, in: self))
        }
    }
}

/// Room for one body, until the last who holds this lets go of it.
final class BodyReservation: Sendable {
    private let bytes: Int
    private let budget: BodyBudget

    fileprivate init(_ bytes: Int, in budget: BodyBudget) {
        self.bytes = bytes
        self.budget = budget
    }

    deinit { budget.release(bytes) }
}
