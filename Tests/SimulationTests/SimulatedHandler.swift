import Kata

/// Does with each job what chance says, and notes it down.
struct SimulatedHandler: JobHandler {
    /// What becomes of an attempt.
    enum Behaviour: CaseIterable {
        case succeed, takeAWhile, fail, failForGood, failForNow, failForLong, interrupted, unavailable, hang
        /// Returns a good while after it was cut off.
        case ignoreCancellation
    }

    let pipeline: String
    let oracle: Oracle
    let chance: Chance
    let behaviours: [Behaviour]
    let clock: any MonotonicClock
    /// The number of the daemon that it belongs to.
    let generation: Int

    /// How long a handler may go on that was cut off.
    static let stubbornness = Duration.seconds(20)

    func handle(_ job: Job, in context: JobContext) async throws {
        oracle.begins(job, pipeline: pipeline, generation: generation, isCut: Task.isCancelled, at: clock.now)
        let behaviour = oracle.isHealing ? .succeed : chance.pick(behaviours)
        var hasSucceeded = false
        defer {
            oracle.ends(
                job, generation: generation, hasSucceeded: hasSucceeded, isPrompt: behaviour != .ignoreCancellation,
                at: clock.now)
        }
        try await behave(behaviour)
        hasSucceeded = true
    }

    private func behave(_ behaviour: Behaviour) async throws {
        switch behaviour {
        case .succeed: break
        case .takeAWhile: try await clock.sleep(for: chance.time(upTo: .seconds(3)))
        case .fail: throw JobFailure("it failed")
        case .failForGood: throw JobFailure("it failed for good", retry: .never)
        case .failForNow: throw JobFailure("it failed for now", retry: .again)
        case .failForLong: throw JobFailure("it failed", retry: .after(.seconds(20)))
        case .interrupted: throw JobFailure("it was interrupted", retry: .interrupted)
        case .unavailable: throw JobFailure("it is down", retry: .unavailable)
        case .hang: try await clock.sleep(for: chance.time(upTo: .seconds(600)))
        case .ignoreCancellation:
            // In a task of its own, which nobody cancels.
            let time = chance.time(upTo: Self.stubbornness)
            _ = await Task { [clock] in try await clock.sleep(for: time) }.result
        }
    }
}
