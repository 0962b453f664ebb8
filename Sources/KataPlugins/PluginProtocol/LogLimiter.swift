import Kata
import Synchronization

/// Lets a part of a flood of lines into the log.
final class LogLimiter: Sendable {
    private struct State {
        /// When the current second began; `nil` before the first line.
        var second: MonotonicInstant?
        var count = 0
        /// How many lines were left out since the last one that was not.
        var leftOut = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: how many lines there may be in a second.
    init(limit: Int = 200) {
        self.limit = limit
    }

    /// Calls `body`, unless there were too many lines in this second.
    ///
    /// - Parameter body: is given how many lines were left out since the last one that was not.
    func log(_ body: (_ leftOut: Int) -> Void) {
        let leftOut: Int? = state.withLock { state in
            let now = PreciseClock().now
            if state.second.map({ $0.duration(to: now) >= .seconds(1) }) ?? true {
                state.second = now
                state.count = 0
            }
            state.count += 1
            if state.count > limit {
                state.leftOut += 1
                return nil
            }
            defer { state.leftOut = 0 }
            return state.leftOut
        }
        if let leftOut { body(leftOut) }
    }
}
