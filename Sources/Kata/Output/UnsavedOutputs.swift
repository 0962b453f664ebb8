import DequeModule
import Synchronization

/// The outputs of attempts that are not saved, or not all of them.
final class UnsavedOutputs: Sendable {
    private struct State {
        /// Outputs that have changed since they were saved last, the one first that has waited longest.
        var queue: Deque<AttemptOutput> = []
        /// How many bytes of attempts that have ended are not saved yet.
        var endedBytes = 0
    }

    /// From how many bytes on that are not saved yet attempts wait before they end.
    private static let endedLimit = 16 << 20

    private let state = Mutex(State())
    /// Set when there is something to save.
    let hasChanges = AutoResetEvent()

    func enqueue(_ output: AttemptOutput) {
        let isFirst = state.withLock { state in
            state.queue.append(output)
            return state.queue.count == 1
        }
        if isFirst { hasChanges.set() }
    }

    /// The output that has waited longest to be saved; `nil` if none waits.
    func takeChanged() -> AttemptOutput? {
        state.withLock { $0.queue.popFirst() }
    }

    /// Sets ``hasChanges`` again if anything waits to be saved.
    func wakeIfChanged() {
        if state.withLock({ !$0.queue.isEmpty }) { hasChanges.set() }
    }

    /// Notes that an attempt has ended, or with a negative number that its output is saved.
    func countEnded(_ bytes: Int) {
        state.withLock { $0.endedBytes += bytes }
    }

    /// Whether so much waits to be saved that attempts have to wait before they end.
    var areBehind: Bool { state.withLock { $0.endedBytes > Self.endedLimit } }
}
