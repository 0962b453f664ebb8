import Synchronization

/// Those who wait for jobs to be finished. The recorder tells them after its commits: nobody has to ask again and again, and
/// where nobody waits, it costs a commit one look.
final class JobWaiters: Sendable {
    /// Stands for one who waits.
    struct Ticket: Sendable {
        fileprivate let job: Job.ID
        fileprivate let number: UInt64
    }

    private struct State {
        var latches: [Job.ID: [UInt64: Latch]] = [:]
        var lastNumber: UInt64 = 0
    }

    private let state = Mutex(State())
    /// How many wait. It is counted before who waits looks at the job in the store, and looked at after the commit, so one of
    /// both sees the other.
    private let count = Atomic(0)

    /// Whether anybody waits.
    var isEmpty: Bool { count.load(ordering: .sequentiallyConsistent) == 0 }

    /// The jobs that are waited for.
    var jobs: [Job.ID] { isEmpty ? [] : state.withLock { Array($0.latches.keys) } }

    /// Has the latch opened as soon as the job is finished. Whether it is already, the caller has to look afterwards.
    ///
    /// - Returns: what to give to ``remove(_:)``, in any case.
    func add(_ latch: Latch, for job: Job.ID) -> Ticket {
        let number = state.withLock { state in
            state.lastNumber += 1
            state.latches[job, default: [:]][state.lastNumber] = latch
            return state.lastNumber
        }
        count.add(1, ordering: .sequentiallyConsistent)
        return Ticket(job: job, number: number)
    }

    func remove(_ ticket: Ticket) {
        count.subtract(1, ordering: .sequentiallyConsistent)
        state.withLock { state in
            state.latches[ticket.job]?[ticket.number] = nil
            if state.latches[ticket.job]?.isEmpty ?? false { state.latches[ticket.job] = nil }
        }
    }

    /// Tells those who wait for one of these jobs that it is finished, which is durable.
    func finished(_ jobs: some Sequence<Job.ID>) {
        let latches = state.withLock { state in
            jobs.flatMap { job in state.latches.removeValue(forKey: job).map { Array($0.values) } ?? [] }
        }
        for latch in latches { latch.open() }
    }
}
