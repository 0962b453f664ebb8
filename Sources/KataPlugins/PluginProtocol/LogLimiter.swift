import Kata
import Synchronization

/// Lets a part of a flood of lines into the log: at most 200 a second.
final class LogLimiter: Sendable {
    private struct State {
        /// When the current second began; `nil` before the first line.
        var second: MonotonicInstant?
        var count = 0
    }

    private static let limit = 200
    private let state = Mutex(State())

    /// Calls `body`, unless there were too many lines in this second.
    func log(_ body: () -> Void) {
        let isLogged = state.withLock { state in
            let now = PreciseClock().now
            if state.second.map({ $0.duration(to: now) >= .seconds(1) }) ?? true {
                state.second = now
                state.count = 0
            }
            state.count += 1
            return state.count <= Self.limit
        }
        if isLogged { body() }
    }
}
