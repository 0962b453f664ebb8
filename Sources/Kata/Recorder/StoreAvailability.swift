import Synchronization

/// Whether a store takes writes now, for those who begin nothing while it does not.
final class StoreAvailability: Sendable {
    /// What a failure means for those who look on.
    enum Change {
        /// The store took writes before.
        case began
        /// It took none before, for another cause.
        case otherCause
        case none
    }

    private struct State {
        /// `nil` while the store takes writes.
        var outage: (what: StoreOutage, end: Latch)?
    }

    private let state = Mutex(State())
    /// Whether there is no outage, which is asked for every job.
    private let isAvailable = Atomic(true)

    /// `nil` while the store takes writes.
    var outage: StoreOutage? { state.withLock { $0.outage?.what } }

    /// Notes that the store takes no writes, or why it still does not.
    @discardableResult
    func fail(_ failure: StoreFailure, waiting: Int, at time: @autoclosure () -> Timestamp) -> Change {
        state.withLock { state in
            if let before = state.outage?.what.failure.cause {
                state.outage?.what.failure = failure
                state.outage?.what.waiting = waiting
                return before == failure.cause ? .none : .otherCause
            }
            state.outage = (StoreOutage(failure: failure, since: time(), waiting: waiting), Latch())
            isAvailable.store(false, ordering: .releasing)
            return .began
        }
    }

    /// Notes that the store takes writes again.
    func recover() {
        let end = state.withLock { state in
            defer { state.outage = nil }
            isAvailable.store(true, ordering: .releasing)
            return state.outage?.end
        }
        end?.open()
    }

    /// Waits until the store takes writes, unless a latch opens first.
    ///
    /// - Returns: `false` if the latch opened first.
    /// - Throws: `CancellationError` if the task is cancelled first.
    func pass(unless latch: Latch) async throws -> Bool {
        if isAvailable.load(ordering: .acquiring) { return true }
        while let end = state.withLock({ $0.outage?.end }) {
            do {
                try await withCancellation(on: latch) { try await end.wait() }
            } catch is CancellationError where !Task.isCancelled {
                return false
            }
        }
        return true
    }
}
