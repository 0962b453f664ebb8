import Synchronization

/// Holds back jobs while the handler can do none of them, and lets one at a time try whether that has changed.
///
/// The pauses between the trials grow from a second to a minute.
final class CircuitBreaker: Sendable {
    private enum Phase {
        /// Jobs pass.
        case closed
        /// No job passes until then; after it one does, for a trial. `change` opens with the next phase.
        case open(until: MonotonicInstant, change: Latch)
        /// One job has passed, and the others wait for what becomes of it.
        case trial(change: Latch)

        var change: Latch? {
            switch self {
            case .closed: nil
            case .open(_, let change), .trial(let change): change
            }
        }
    }

    private struct State {
        var phase = Phase.closed
        /// How many times in a row the handler could do nothing.
        var failures = 0
    }

    private enum Turn {
        case pass
        /// Not before the phase changes, or before that time.
        case wait(change: Latch, until: MonotonicInstant?)
    }

    private let state = Mutex(State())
    /// Whether ``state`` is closed, which is asked for every job.
    private let isClosed = Atomic(true)
    private let clock: any MonotonicClock

    init(clock: any MonotonicClock) {
        self.clock = clock
    }

    /// How long it is until a job may try whether the handler works again, no time if one does now; `nil` while the handler
    /// works.
    var nextTrial: Duration? {
        let now = clock.now
        return state.withLock { state in
            switch state.phase {
            case .closed: nil
            case .trial: .zero
            case .open(let until, _): max(.zero, now.duration(to: until))
            }
        }
    }

    /// Whether jobs may have to wait.
    var holdsJobs: Bool { !isClosed.load(ordering: .acquiring) }

    /// Waits until a job may begin, unless a latch opens first.
    ///
    /// - Returns: `false` if the latch opened first.
    /// - Throws: `CancellationError` if the task is cancelled first.
    func pass(unless latch: Latch) async throws -> Bool {
        if isClosed.load(ordering: .acquiring) { return true }
        while true {
            guard case .wait(let change, let until) = turn() else { return true }
            do {
                try await withCancellation(on: latch) { [clock] in
                    guard let until else { return try await change.wait() }
                    // The phase may change before the time is over.
                    try? await withCancellation(on: change) { try await clock.sleep(until: until, tolerance: nil) }
                    try Task.checkCancellation()
                }
            } catch is CancellationError where !Task.isCancelled {
                return false
            }
        }
    }

    /// Takes in that the handler can do jobs: it has done one, or failed at one by the job's own fault.
    ///
    /// - Returns: whether it could not before.
    @discardableResult
    func succeeded() -> Bool {
        if isClosed.load(ordering: .acquiring) { return false }
        return enter(.closed) { state in
            state.failures = 0
            return true
        } ?? false
    }

    /// Takes in that the handler could not do a job, and could not do any.
    ///
    /// - Returns: how long it is until the next trial.
    func failed() -> Duration {
        let now = clock.now
        let (change, pause): (Latch?, Duration) = state.withLock { state in
            // Jobs that began before the first one failed tell nothing new.
            if case .open(let until, _) = state.phase { return (nil, max(.zero, now.duration(to: until))) }
            state.failures += 1
            let pause = Backoff.persistent.pause(after: state.failures)
            let change = state.phase.change
            state.phase = .open(until: now.advanced(by: pause), change: Latch())
            isClosed.store(false, ordering: .releasing)
            return (change, pause)
        }
        change?.open()
        return pause
    }

    /// Takes in that a job that had passed told nothing about the handler: it was cancelled or went back.
    func toldNothing() {
        if isClosed.load(ordering: .acquiring) { return }
        _ = enter(.open(until: clock.now, change: Latch())) { state in
            if case .trial = state.phase { true } else { nil }
        }
    }

    private func turn() -> Turn {
        let now = clock.now
        return state.withLock { state in
            switch state.phase {
            case .closed: return .pass
            case .trial(let change): return .wait(change: change, until: nil)
            case .open(let until, let change) where now < until: return .wait(change: change, until: until)
            case .open:
                state.phase = .trial(change: Latch())
                return .pass
            }
        }
    }

    /// Enters a phase, and wakes what waited for the end of the one before.
    ///
    /// - Parameter body: says with `nil` that the phase stays.
    private func enter<Result: Sendable>(_ phase: Phase, _ body: (inout State) -> Result?) -> Result? {
        let (change, result): (Latch?, Result?) = state.withLock { state in
            guard let result = body(&state) else { return (nil, nil) }
            let change = state.phase.change
            state.phase = phase
            switch phase {
            case .closed: isClosed.store(true, ordering: .releasing)
            case .open, .trial: isClosed.store(false, ordering: .releasing)
            }
            return (change, result)
        }
        change?.open()
        return result
    }
}
