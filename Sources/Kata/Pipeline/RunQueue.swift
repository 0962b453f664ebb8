import Synchronization

/// The runs that a pipeline still has to work on, each of them once.
final class RunQueue: AsyncSequence, Sendable {
    private enum Place {
        case waiting
        case worked
        /// Added once more while work on it goes on.
        case workedAndWaiting
    }

    private let places = Mutex<[Run.ID: Place]>([:])
    private let runs: AsyncStream<Run.ID>
    private let continuation: AsyncStream<Run.ID>.Continuation

    init() {
        (runs, continuation) = AsyncStream.makeStream()
    }

    /// Adds a run, unless it is there already. A run that is being worked on comes again afterwards.
    func add(_ run: Run.ID) {
        let isNew = places.withLock { places in
            switch places[run] {
            case nil:
                places[run] = .waiting
                return true
            case .worked, .workedAndWaiting:
                places[run] = .workedAndWaiting
                return false
            case .waiting: return false
            }
        }
        if isNew { continuation.yield(run) }
    }

    /// Says that work on a run begins.
    func begin(_ run: Run.ID) {
        places.withLock { $0[run] = .worked }
    }

    /// Says that a run is not worked on any more.
    func end(_ run: Run.ID) {
        let isBack = places.withLock { places in
            let place = places[run]
            places[run] = place == .workedAndWaiting ? .waiting : nil
            return place == .workedAndWaiting
        }
        if isBack { continuation.yield(run) }
    }

    /// Says that there will be no more runs.
    func finish() {
        continuation.finish()
    }

    func makeAsyncIterator() -> AsyncStream<Run.ID>.AsyncIterator {
        runs.makeAsyncIterator()
    }
}
