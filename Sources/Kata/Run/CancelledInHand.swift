import Synchronization

/// Jobs that were cancelled while a handler has them in hand, until it has let go of them: their unique keys stay taken, so
/// that nobody does the same beside it.
final class CancelledInHand: Sendable {
    private let jobs = Mutex<Set<Job.ID>>([])

    var all: Set<Job.ID> { jobs.withLock { $0 } }

    func add(_ job: Job.ID) {
        jobs.withLock { _ = $0.insert(job) }
    }

    func remove(_ job: Job.ID) {
        jobs.withLock { _ = $0.remove(job) }
    }
}
