import Kata
import Synchronization

/// Tells a plugin that can do no job at all from a job that ends its process.
///
/// A job that ends its process is interrupted, and in time counts as failed. A plugin that is broken would have that done
/// to every job that waits. So once several processes in a row have ended with different jobs in hand, and none has given
/// an answer meanwhile, it is the plugin.
final class FruitlessEnds: Sendable {
    private struct State {
        var processes: Set<UInt64> = []
        var jobs: Set<Job.ID> = []
    }

    private let state = Mutex(State())
    /// Whether ``state`` is as at the start, which is asked at each answer.
    private let isEmpty = Atomic(true)
    /// How many processes, and how many jobs, it takes.
    private static let limit = 3

    /// Takes in that a process has ended with that job in hand.
    ///
    /// - Returns: whether the plugin can do no job.
    func add(process: UInt64, job: Job.ID) -> Bool {
        state.withLock { state in
            isEmpty.store(false, ordering: .releasing)
            // More are of no use, however many end.
            if state.processes.count < Self.limit { state.processes.insert(process) }
            if state.jobs.count < Self.limit { state.jobs.insert(job) }
            return state.processes.count == Self.limit && state.jobs.count == Self.limit
        }
    }

    /// Takes in that a process has answered, if only that a job failed.
    func answered() {
        if isEmpty.load(ordering: .acquiring) { return }
        state.withLock { state in
            state = State()
            isEmpty.store(true, ordering: .releasing)
        }
    }
}
