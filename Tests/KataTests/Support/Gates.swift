import Kata
import Synchronization

/// Lets a test know who arrived at a named gate, and hold them there.
final class Gates: Sendable {
    private struct State {
        var arrivals: [String: Latch] = [:]
        var openings: [String: Latch] = [:]
        var areAllOpen = false
    }

    private let state = Mutex(State())

    /// Arrives, and waits until the gate is open.
    func pass(_ name: String) async throws {
        arrival(at: name).open()
        try await opening(of: name).wait()
    }

    func waitForArrival(at names: String...) async throws {
        for name in names { try await arrival(at: name).wait() }
    }

    func open(_ name: String) {
        opening(of: name).open()
    }

    func openAll() {
        let openings = state.withLock { state in
            state.areAllOpen = true
            return Array(state.openings.values)
        }
        for opening in openings { opening.open() }
    }

    private func arrival(at name: String) -> Latch {
        state.withLock { state in
            let latch = state.arrivals[name] ?? Latch()
            state.arrivals[name] = latch
            return latch
        }
    }

    private func opening(of name: String) -> Latch {
        state.withLock { state in
            let latch = state.openings[name] ?? Latch()
            state.openings[name] = latch
            if state.areAllOpen { latch.open() }
            return latch
        }
    }
}
