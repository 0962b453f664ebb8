import DequeModule
import Synchronization

/// Uses files that may not answer, such as those of a mount whose server is gone, on a thread that does one piece of work after
/// the other and ends when there is none.
///
/// Whoever waits for a piece of work is told when the thread has shown no sign of life for a while. What the thread has begun
/// goes on by itself then, and what it has not begun is not done.
package final class FileThread: Sendable {
    private struct State {
        var line: Deque<any FileWork> = []
        /// What the thread does just now; `nil` if there is no thread.
        var current: (any FileWork)?
        /// Grows with every sign of life.
        var signs = 0
        var isWatched = false
    }

    private let name: String
    private let patience: Duration
    private let clock: any MonotonicClock
    private let state = Mutex(State())

    /// - Parameters:
    ///   - name: of the thread, as the system shows it.
    ///   - patience: how long the thread may show no sign of life. It is noticed after twice that time at the latest.
    package init(name: String, patience: Duration = .seconds(10), clock: any MonotonicClock) {
        self.name = name
        self.patience = patience
        self.clock = clock
    }

    /// Does work when its turn comes.
    ///
    /// - Parameter path: of what the work is about, for errors.
    /// - Throws: what `body` threw; ``UnansweredFile``; ``SystemShortage``; `CancellationError` as soon as the task is cancelled.
    package func perform<Result: Sendable>(
        on path: String, _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        let call = FileCall(path: path, body: body)
        try add(call)
        return try await call.result()
    }

    /// Does work when its turn comes, for which nobody waits.
    package func performLater(on path: String, _ body: @escaping @Sendable () -> Void) {
        // Without room for a thread it is left.
        try? add(FileCall(path: path, body: body))
    }

    /// Whether there is something to do, for tests.
    var isAtWork: Bool { state.withLock { $0.current != nil } }

    /// To be called by work that goes on for long, each time that it has come forward.
    package func noteProgress() {
        state.withLock { $0.signs += 1 }
    }

    private func add(_ call: some FileWork) throws(SystemShortage) {
        let (needsThread, needsWatch) = state.withLock { state in
            defer { state.isWatched = true }
            if state.current != nil {
                state.line.append(call)
                return (false, !state.isWatched)
            }
            state.current = call
            // Of an idle thread there was none for long.
            state.signs += 1
            return (true, !state.isWatched)
        }
        // It watches for all who come, so that it is no part of this task.
        if needsWatch { Task { await watch() } }
        guard needsThread else { return }
        do {
            try startThread(named: name) { [self] in work(call) }
        } catch {
            let waiting = state.withLock { state in
                defer {
                    state.current = nil
                    state.line = []
                }
                return state.line
            }
            for other in waiting { other.giveUp(because: error) }
            throw error
        }
    }

    private func work(_ first: any FileWork) {
        var next: (any FileWork)? = first
        while let work = next {
            work.run()
            next = state.withLock { state in
                state.signs += 1
                state.current = state.line.popFirst()
                return state.current
            }
        }
    }

    /// Tells all who wait when there was no sign of life for long.
    private func watch() async {
        var seen = state.withLock { $0.signs }
        while true {
            do {
                try await clock.sleep(for: patience)
            } catch {
                // Without room for a timer nobody is told, until the next piece of work comes.
                return state.withLock { $0.isWatched = false }
            }
            let waiting: [any FileWork]? = state.withLock { state in
                guard let current = state.current else {
                    state.isWatched = false
                    return nil
                }
                if state.signs != seen {
                    seen = state.signs
                    return []
                }
                defer { state.line = [] }
                return [current] + state.line
            }
            guard let waiting else { return }
            for work in waiting { work.giveUp(because: UnansweredFile(path: work.path)) }
        }
    }
}
