import Synchronization

/// The runs that a pipeline still has to work on, each of them once.
final class RunQueue: AsyncSequence, Sendable {
    private let waiting = Mutex<Set<Run.ID>>([])
    private let runs: AsyncStream<Run.ID>
    private let continuation: AsyncStream<Run.ID>.Continuation

    init() {
        (runs, continuation) = AsyncStream.makeStream()
    }

    /// Adds a run, unless it is there or is being worked on.
    func add(_ run: Run.ID) {
        if waiting.withLock({ $0.insert(run).inserted }) { continuation.yield(run) }
    }

    /// Says that a run is not worked on any more.
    func remove(_ run: Run.ID) {
        waiting.withLock { _ = $0.remove(run) }
    }

    /// Says that there will be no more.
    func finish() {
        continuation.finish()
    }

    func makeAsyncIterator() -> AsyncStream<Run.ID>.AsyncIterator {
        runs.makeAsyncIterator()
    }
}
