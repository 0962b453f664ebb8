import Synchronization

/// Holds back tasks while it is shut.
final class PauseGate: Sendable {
    private enum State {
        case open
        /// Shut, until the signal fires.
        case shut(opening: Signal)
        /// Nobody is held back any more; whether it was shut at the end.
        case closed(wasShut: Bool)
    }

    private let state: Mutex<State>

    init(isShut: Bool = false) {
        state = Mutex(isShut ? .shut(opening: Signal()) : .open)
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

    /// - Returns: whether that changed anything.
    @discardableResult
    func shut() -> Bool {
        state.withLock { state in
            guard case .open = state else { return false }
            state = .shut(opening: Signal())
            return true
        }
    }

    /// - Returns: whether that changed anything.
    @discardableResult
    func open() -> Bool {
        let opening: Signal? = state.withLock { state in
            guard case .shut(let opening) = state else { return nil }
            state = .open
            return opening
        }
        opening?.fire()
        return opening != nil
    }

    /// Lets those who wait know that it will not open any more.
    func close() {
        let opening: Signal? = state.withLock { state in
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
        opening?.fire()
    }

    /// Waits while it is shut.
    ///
    /// - Returns: `false` if it was closed while it was shut.
    /// - Throws: `CancellationError` if the task is cancelled while it waits.
    func pass() async throws -> Bool {
        while true {
            let opening: Signal
            switch state.withLock({ $0 }) {
            case .open: return true
            case .closed(let wasShut): return !wasShut
            case .shut(let signal): opening = signal
            }
            try await opening.wait()
        }
    }
}
