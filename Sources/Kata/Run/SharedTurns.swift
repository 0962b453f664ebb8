import Synchronization

/// Turns to begin that all nodes of a store share: this node takes as many at once as there are in a tenth of a second, or one.
final class SharedTurns: Sendable {
    /// Takes turns from the store.
    ///
    /// - Parameter key: `nil` means the turns of all jobs.
    /// - Returns: how long it is until the first one.
    typealias Take = @Sendable (_ count: Int, _ interval: Duration, _ key: String?) async throws -> Duration

    private struct State {
        var turns: [MonotonicInstant] = []
        /// Opens when somebody has taken more; `nil` while nobody does.
        var taking: Latch?
    }

    private enum Step {
        case turn(MonotonicInstant)
        case take(Latch)
        case wait(Latch)
    }

    private let take: Take
    private let clock: any MonotonicClock
    private let states = Mutex<[ExactString: State]>([:])
    private static let lead = Duration.milliseconds(100)

    init(clock: any MonotonicClock, take: @escaping Take) {
        self.clock = clock
        self.take = take
    }

    /// The next turn, which may be past.
    ///
    /// - Parameter key: `nil` means the turns of all jobs.
    /// - Throws: what the store threw; `CancellationError`.
    func next(_ interval: Duration, key: String?) async throws -> MonotonicInstant {
        let name = key.map(ExactString.init) ?? RateSchedule.allJobs
        while true {
            switch step(name) {
            case .turn(let turn): return turn
            case .wait(let latch): try await latch.wait()
            case .take(let latch):
                defer { finish(name, latch) }
                let count = max(1, Int(Self.lead / interval))
                let wait = try await take(count, interval, key)
                // The answer took a while, so this is not before the store means.
                let first = clock.now.advanced(by: wait)
                states.withLock {
                    $0[name, default: State()].turns += (0..<count).map { first.advanced(by: interval * $0) }
                }
            }
        }
    }

    private func step(_ name: ExactString) -> Step {
        let now = clock.now
        return states.withLock { states in
            var state = states[name] ?? State()
            defer { states[name] = state }
            // What was not used in time is lost, or all that was saved up would begin at once.
            state.turns.removeAll { $0.advanced(by: Self.lead) < now }
            if !state.turns.isEmpty { return .turn(state.turns.removeFirst()) }
            if let taking = state.taking { return .wait(taking) }
            let latch = Latch()
            state.taking = latch
            return .take(latch)
        }
    }

    private func finish(_ name: ExactString, _ latch: Latch) {
        states.withLock { states in
            states[name]?.taking = nil
            // Many keys come and go.
            if states.count > 1_024 { states = states.filter { !$0.value.turns.isEmpty || $0.value.taking != nil } }
        }
        latch.open()
    }
}
