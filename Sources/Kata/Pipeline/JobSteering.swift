/// Cancels jobs and tries them again, whichever pipeline they belong to.
public struct JobSteering: Sendable {
    private let recorder: Recorder
    private let store: any JobStoreReader
    private let wallClock: any WallClock
    /// How many jobs are changed in one transaction.
    private static let pageSize = 500

    /// - Parameter store: the one that the recorder writes to.
    public init(recorder: Recorder, store: any JobStoreReader, runtime: Runtime = Runtime()) {
        self.recorder = recorder
        self.store = store
        wallClock = runtime.wallClock
    }

    /// Cancels jobs that are not finished; a job that a handler has in hand is cut off.
    ///
    /// - Returns: for each job, in order, its change and those of jobs that waited for it, or why nothing changed.
    /// - Throws: ``RecorderFailure`` if the store failed.
    public func cancel(_ jobs: [Job.ID]) async throws -> [Result<[JobChange], StoreError>] {
        try await change(jobs) { transaction, job, time in
            let changes = try transaction.cancel(job, at: time)
            // Whether a handler has one of them in hand is found out once this is committed.
            transaction.hold(Set(changes.filter { $0.old == .pending }.map(\.job)))
            return changes
        }
    }

    /// Gives failed and cancelled jobs one more attempt, now; jobs that are scheduled or wait for others are made due.
    ///
    /// - Returns: for each job, in order, its change, or why nothing changed.
    /// - Throws: ``RecorderFailure`` if the store failed.
    public func retry(_ jobs: [Job.ID]) async throws -> [Result<[JobChange], StoreError>] {
        try await change(jobs) { [observers = recorder.observers] transaction, job, time in
            transaction.hold(observers.cancelledInHand)
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

    /// Cancels every job of a pipeline that is there now and not finished, whatever state it comes to meanwhile.
    ///
    /// - Returns: how many jobs were cancelled for themselves; jobs that were cancelled because they waited for one of
    ///   these are not counted.
    /// - Throws: what the store threw; ``RecorderFailure`` if it failed.
    public func cancelAll(pipeline: String) async throws -> Int {
        guard let last = try await lastJob(of: pipeline) else { return 0 }
        var total = 0
        while true {
            var changed = 0
            for state in JobState.allCases where !state.isFinal {
                changed += try await changeAll(pipeline, state, through: last, by: cancel)
            }
            total += changed
            // A job may meanwhile have gone from a state that was still to come to one that was looked at before.
            if changed == 0 { return total }
        }
    }

    /// Gives every job of a pipeline that has failed by now one more attempt.
    ///
    /// - Returns: how many jobs were given one.
    /// - Throws: what the store threw; ``RecorderFailure`` if it failed.
    public func retryFailed(pipeline: String) async throws -> Int {
        guard let last = try await lastJob(of: pipeline) else { return 0 }
        return try await changeAll(pipeline, .failed, through: last, by: retry)
    }

    private func lastJob(of pipeline: String) async throws -> Job.ID? {
        try await store.jobs(JobFilter(pipeline: pipeline), before: .max, limit: 1, textLimit: 0).first?.job.id
    }

    /// Changes the jobs in that state, page by page, up to the job `last`.
    ///
    /// - Returns: how many jobs were changed. A job that was finished meanwhile is passed over.
    private func changeAll(
        _ pipeline: String, _ state: JobState, through last: Job.ID,
        by change: ([Job.ID]) async throws -> [Result<[JobChange], StoreError>]
    ) async throws -> Int {
        var changed = 0
        var after: Job.ID = 0
        while true {
            let page = try await store.jobIDs(pipeline: pipeline, state: state, after: after, limit: Self.pageSize)
            let jobs = page.filter { $0 <= last }
            guard let next = jobs.last else { return changed }
            after = next
            for case .success in try await change(jobs) { changed += 1 }
        }
    }

    private func change(
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
