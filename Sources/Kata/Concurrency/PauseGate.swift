import Synchronization

/// Holds back tasks while it is shut.
final class PauseGate: Sendable {
    private enum State {
        case open
        /// Shut, until the latch opens.
        case shut(opening: Latch)
        /// Holds back no task any more; `wasShut` says whether the gate was shut when it was closed.
        case closed(wasShut: Bool)
    }

    private let state: Mutex<State>

    init(isShut: Bool = false) {
        state = Mutex(isShut ? .shut(opening: Latch()) : .open)
    }

    var isShut: Bool {
        state.withLock { state in
            switch state {
            case .open: false
            case .shut: true
            case .closed(let wasShut): wasShut
            }
        }
    }

    /// Holds back tasks from here on, unless the gate was closed.
    ///
    /// - Returns: whether that changed anything.
    @discardableResult
    func shut() -> Bool {
        state.withLock { state in
            guard case .open = state else { return false }
            state = .shut(opening: Latch())
            return true
        }
    }

    /// Lets tasks pass again, unless the gate was closed.
    ///
    /// - Returns: whether that changed anything.
    @discardableResult
    func open() -> Bool {
        let opening: Latch? = state.withLock { state in
            guard case .shut(let opening) = state else { return nil }
            state = .open
            return opening
        }
        opening?.open()
        return opening != nil
    }

    /// Ends the gate for good. Tasks that wait learn that it will not open any more.
    func close() {
        let opening: Latch? = state.withLock { state in
            switch state {
            case .open:
                state = .closed(wasShut: false)
                return nil
            case .shut(let opening):
                state = .closed(wasShut: true)
                return opening
            case .closed:
                return nil
            }
        }
        opening?.open()
    }

    /// Waits while the gate is shut.
    ///
    /// - Returns: `false` if the gate was closed while it was shut.
    /// - Throws: `CancellationError` if the task is cancelled while it waits.
    func pass() async throws -> Bool {
        while true {
            let opening: Latch
            switch state.withLock({ $0 }) {
            case .open: return true
            case .closed(let wasShut): return !wasShut
            case .shut(let latch): opening = latch
            }
            try await opening.wait()
        }
    }
}
