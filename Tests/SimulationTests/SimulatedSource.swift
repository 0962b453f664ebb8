import Kata

/// Takes jobs, and gives none by itself.
struct SimulatedInbox: JobSource {
    var extent: SourceExtent { .endless }
    var takesJobs: Bool { true }

    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        try await Latch().wait()
        throw CancellationError()
    }
}

/// Gives a few items in batches, now and then after a while or a failure.
struct SimulatedFeed: JobSource {
    let oracle: Oracle
    let chance: Chance
    let clock: any MonotonicClock
    static let count = 7

    var extent: SourceExtent { .bounded }

    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        let start =
            switch progress {
            case .start: 0
            case .at(let cursor): Int(cursor) ?? 0
            case .exhausted: Self.count
            }
        if !oracle.isHealing {
            if chance.happens(0.3) { try await clock.sleep(for: chance.time(upTo: .seconds(5))) }
            if chance.happens(0.1) { throw JobFailure("the source is down") }
        }
        let end = min(Self.count, start + chance.number(in: 0...3))
        let items = (start..<end).map { "run \(run.id), item \($0)" }
        return SourceBatch(items: items, progress: end == Self.count ? .exhausted : .at(cursor: "\(end)"))
    }
}
