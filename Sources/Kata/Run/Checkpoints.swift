import Synchronization

/// The checkpoints that jobs of a session have left, on their way to the store. Those of one job come there at most once a
/// second; of several within that time the last one does.
final class Checkpoints: Sendable {
    private struct Unsaved {
        let attempt: Int
        let text: String
        let version: Int
    }

    private struct State {
        var unsaved: [Job.ID: Unsaved] = [:]
        var lastVersion = 0
        /// Jobs that have a checkpoint in the store.
        var stored: Set<Job.ID>
    }

    private static let interval = Duration.seconds(1)

    private let state: Mutex<State>
    /// How many jobs have one, saved or not. Mostly none has, and this is asked for every job.
    private let count: Atomic<Int>
    private let news = AutoResetEvent()

    /// - Parameter stored: the jobs of the run that have a checkpoint in the store.
    init(stored: Set<Job.ID>) {
        state = Mutex(State(stored: stored))
        count = Atomic(stored.count)
    }

    /// Whether a job has a checkpoint in the store. Nobody else need be asked for.
    func isStored(_ job: Job.ID) -> Bool {
        count.load(ordering: .acquiring) > 0 && state.withLock { $0.stored.contains(job) }
    }

    /// Takes in what a job has left.
    func keep(_ job: Job, _ text: String) {
        change { state in
            state.lastVersion += 1
            state.unsaved[job.id] = Unsaved(attempt: job.attempt, text: text, version: state.lastVersion)
        }
        news.set()
    }

    /// Whether the store does not have the last checkpoint of a job yet.
    func hasUnsaved(_ job: Job.ID) -> Bool {
        count.load(ordering: .acquiring) > 0 && state.withLock { $0.unsaved[job] != nil }
    }

    /// Takes in that a job is done, so that what it has left is of no use.
    func forget(_ job: Job.ID) {
        if count.load(ordering: .acquiring) == 0 { return }
        change { state in
            state.unsaved[job] = nil
            state.stored.remove(job)
        }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            count.store(state.unsaved.count + state.stored.count, ordering: .releasing)
        }
    }

    /// Brings into the store what is there by then. Returns once it is durable.
    ///
    /// - Parameter job: only what this one has left; `nil` means what all have.
    /// - Throws: ``RecorderFailure`` if the store failed.
    func save(_ job: Job.ID?, _ recorder: Recorder) async throws {
        _ = try await recorder.perform { [self] transaction in
            // Looked at here, so that the last one is the one that stays, whichever request comes first.
            let unsaved = state.withLock { state in
                job.map { id in state.unsaved.filter { $0.key == id } } ?? state.unsaved
            }
            for (job, checkpoint) in unsaved {
                try transaction.saveCheckpoint(checkpoint.text, job: job, attempt: checkpoint.attempt)
            }
            return unsaved.mapValues(\.version)
        } committed: { [self] saved in
            change { state in
                for (job, version) in saved {
                    state.stored.insert(job)
                    if state.unsaved[job]?.version == version { state.unsaved[job] = nil }
                }
            }
        }
    }

    /// Saves what comes, until the task is cancelled.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed; `CancellationError`.
    func run(_ recorder: Recorder, _ clock: any MonotonicClock) async throws {
        while true {
            try await news.wait()
            try await save(nil, recorder)
            try await clock.sleep(for: Self.interval)
        }
    }
}
