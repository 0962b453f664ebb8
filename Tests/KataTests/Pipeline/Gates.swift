import Kata
import Synchronization

/// Lets a test know who arrived at a named gate, and hold them there.
final class Gates: Sendable {
    private struct State {
        var arrivals: [String: Signal] = [:]
        var openings: [String: Signal] = [:]
        var areAllOpen = false
    }

    private let state = Mutex(State())

    /// Arrives, and waits until the gate is open.
    func pass(_ name: String) async throws {
        arrival(at: name).fire()
        try await opening(of: name).wait()
    }

    func waitForArrival(at names: String...) async throws {
        for name in names { try await arrival(at: name).wait() }
    }

    func open(_ name: String) {
        opening(of: name).fire()
    }

    func openAll() {
        let openings = state.withLock { state in
            state.areAllOpen = true
            return Array(state.openings.values)
        }
        for opening in openings { opening.fire() }
    }

    private func arrival(at name: String) -> Signal {
        state.withLock { state in
            let signal = state.arrivals[name] ?? Signal()
            state.arrivals[name] = signal
            return signal
        }
    }

    private func opening(of name: String) -> Signal {
        state.withLock { state in
            let signal = state.openings[name] ?? Signal()
            state.openings[name] = signal
            if state.areAllOpen { signal.fire() }
            return signal
        }
    }
}
