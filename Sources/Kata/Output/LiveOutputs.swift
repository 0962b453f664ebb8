import Synchronization

/// The outputs of all attempts that are under way and have printed something.
package final class LiveOutputs: Sendable {
    private struct Expected {
        let latch = Latch()
        var waiting = 0
    }

    private struct State {
        var outputs: [Job.ID: AttemptOutput] = [:]
        /// Jobs of which somebody waits that they print.
        var expected: [Job.ID: Expected] = [:]
    }

    private let state = Mutex(State())
    /// What of them is to be saved.
    let unsaved = UnsavedOutputs()
    /// Who looks on is told of what is printed.
    let events: LiveEvents

    /// Nobody prints yet.
    package init(events: LiveEvents = LiveEvents()) {
        self.events = events
    }

    /// What a job prints; `nil` if no attempt at it is under way that has printed anything.
    package func output(of job: Job.ID) -> AttemptOutput? {
        state.withLock { $0.outputs[job] }
    }

    /// Waits until an attempt at a job prints its first byte, or until the time is over.
    ///
    /// - Throws: `CancellationError`.
    package func waitForOutput(of job: Job.ID, atMost time: Duration, _ clock: any MonotonicClock) async throws {
        let latch: Latch? = state.withLock { state in
            if state.outputs[job] != nil { return nil }
            state.expected[job, default: Expected()].waiting += 1
            return state.expected[job]?.latch
        }
        guard let latch else { return }
        defer { stopWaiting(for: job, latch) }
        do {
            try await withCancellation(on: latch) { try await clock.sleep(for: time) }
        } catch is CancellationError where !Task.isCancelled {
            // It prints.
        }
    }

    private func stopWaiting(for job: Job.ID, _ latch: Latch) {
        state.withLock { state in
            guard let expected = state.expected[job], expected.latch === latch else { return }
            state.expected[job]?.waiting -= 1
            if expected.waiting == 1 { state.expected[job] = nil }
        }
    }

    func add(_ output: AttemptOutput) {
        let expected = state.withLock { state in
            state.outputs[output.job] = output
            return state.expected.removeValue(forKey: output.job)
        }
        expected?.latch.open()
    }

    func remove(_ output: AttemptOutput) {
        state.withLock { state in
            if state.outputs[output.job] === output { state.outputs[output.job] = nil }
        }
    }
}
