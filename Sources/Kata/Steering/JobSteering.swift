/// Cancels jobs, tries them again, changes and copies them, looks for them and waits for their end, whichever pipeline they
/// belong to.
public struct JobSteering: Sendable {
    let recorder: Recorder
    let store: any JobStoreReader
    let wallClock: any WallClock
    let clock: any MonotonicClock
    /// How many jobs are changed in one transaction.
    static let pageSize = 500

    /// - Parameters:
    ///   - recorder: makes the changes.
    ///   - store: the one that the recorder writes to.
    ///   - runtime: its clocks tell when something was changed, and how long to wait; the system's, unless told otherwise.
    public init(recorder: Recorder, store: any JobStoreReader, runtime: Runtime = Runtime()) {
        self.recorder = recorder
        self.store = store
        wallClock = runtime.wallClock
        clock = runtime.clock
    }

    /// Cancels jobs that are not finished; a job that a handler has in hand is cut off.
    ///
    /// - Returns: for each job, in order, its change and those of jobs that waited for it, or why nothing changed.
    /// - Throws: ``RecorderFailure`` if the store failed.
    public func cancel(_ jobs: [Job.ID]) async throws -> [Result<[JobChange], StoreError>] {
        try await change(jobs) { transaction, job, time in
            let changes = try transaction.cancel(job, at: time)
            // Whether a handler has one of them in hand is found out once this is committed.
            transaction.keepUniqueKeys(of: Set(changes.filter { $0.old == .pending }.map(\.job)))
            return changes
        }
    }

    /// Gives failed and cancelled jobs one more attempt, now; jobs that are scheduled or wait for others are made due.
    ///
    /// - Returns: for each job, in order, its change, or why nothing changed.
    /// - Throws: ``RecorderFailure`` if the store failed.
    public func retry(_ jobs: [Job.ID]) async throws -> [Result<[JobChange], StoreError>] {
        try await change(jobs) { [observers = recorder.observers] transaction, job, time in
            transaction.keepUniqueKeys(of: observers.cancelledInHand)
            let change = try transaction.retry(job, at: time)
            try transaction.reopenRun(change.runID)
            return [change]
        }
    }

    /// Gives a failed or cancelled job one more attempt, now, and each job that was cancelled because it waited for that one,
    /// or for another one of these, one after that. A job that waited for several waits only for the one that it was cancelled
    /// with.
    ///
    /// - Returns: the changes, that of the job first; or why nothing changed. Dependents that somebody changed meanwhile are
    ///   passed over.
    /// - Throws: what the store threw; ``RecorderFailure`` if it failed.
    public func retryWithDependents(_ job: Job.ID) async throws -> Result<[JobChange], StoreError> {
        let dependents = try await cancelledDependents(of: job)
        let result = try await retry([job])[0]
        guard case .success(var changes) = result else { return result }
        let blockers = Dictionary(dependents.map { ($0.job, $0.blocker) }) { first, _ in first }
        // Each after the one that it waits for, which is in the same transaction or an earlier one.
        for start in stride(from: 0, to: dependents.count, by: Self.pageSize) {
            let page = dependents[start..<min(start + Self.pageSize, dependents.count)].map(\.job)
            let results = try await change(page) { transaction, dependent, time in
                let after = blockers[dependent].map { Set([$0]) } ?? []
                let change = try transaction.retry(dependent, after: after, at: time)
                try transaction.reopenRun(change.runID)
                return [change]
            }
            for case .success(let more) in results { changes += more }
        }
        return .success(changes)
    }

    /// The jobs that were cancelled because of that job, or of another one of these, each with the one that it waited for, which
    /// comes before it.
    private func cancelledDependents(of job: Job.ID) async throws -> [(job: Job.ID, blocker: Job.ID)] {
        var found: [(job: Job.ID, blocker: Job.ID)] = []
        var seen: Set<Job.ID> = [job]
        var blocker = job
        var next = 0
        while true {
            var after: Job.ID = 0
            while true {
                let page = try await store.jobsCancelled(with: blocker, after: after, limit: Self.pageSize)
                guard let last = page.last else { break }
                found += page.filter { seen.insert($0).inserted }.map { ($0, blocker) }
                after = last
            }
            if next == found.count { return found }
            blocker = found[next].job
            next += 1
        }
    }

    func change(
        _ jobs: [Job.ID],
        _ body: @escaping @Sendable (any StoreTransaction, Job.ID, Timestamp) throws -> [JobChange]
    ) async throws -> [Result<[JobChange], StoreError>] {
        let time = wallClock.now()
        return try await recorder.perform(waits: false) { transaction in
            try jobs.map { job in
                do {
                    return .success(try transaction.attempt { try body(transaction, job, time) })
                } catch let refusal as StoreError {
                    return .failure(refusal)
                }
            }
        } committed: { [observers = recorder.observers] results in
            // A refusal has changed nothing.
            observers.tell(results.flatMap { (try? $0.get()) ?? [] })
        }
    }
}
