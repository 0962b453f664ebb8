import Synchronization

/// The parts of this process that come and go, each with a way to see whether it gets on.
package final class ProgressRegistry: Sendable {
    /// Stands for a part in a registry.
    package typealias Entry = UInt64

    private struct State {
        var checks: [Entry: ProgressCheck] = [:]
        var last: Entry = 0
    }

    /// Of the threads that are started where they are needed, however deep inside of a plugin.
    package static let shared = ProgressRegistry()

    private let state = Mutex(State())

    package init() {}

    /// The parts that there are now, those that came first being first. Each has a name of its own: what was added has a number
    /// behind its name.
    package var checks: [ProgressCheck] {
        state.withLock { state in state.checks.sorted { $0.key < $1.key }.map(\.value) }
    }

    /// Adds a part.
    ///
    /// - Returns: what ``remove(_:)`` takes when the part is gone.
    package func add(_ check: ProgressCheck) -> Entry {
        state.withLock { state in
            state.last += 1
            var check = check
            check.name += " \(state.last)"
            state.checks[state.last] = check
            return state.last
        }
    }

    /// Forgets a part.
    package func remove(_ entry: Entry) {
        state.withLock { $0.checks[entry] = nil }
    }
}
