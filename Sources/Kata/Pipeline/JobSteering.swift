/// Cancels jobs and tries them again, whichever pipeline they belong to.
public struct JobSteering: Sendable {
    private let recorder: Recorder
    private let clock: any WallClock
    /// The pipelines as they are now.
    private let pipelines: @Sendable () -> [Pipeline]

    /// From now on the pipelines are told, too, of what the end of a job changes about those that wait for it.
    ///
    /// - Parameter pipelines: asked at each change, because a reload may exchange them.
    public init(
        recorder: Recorder, clock: any WallClock = SystemWallClock(), pipelines: @escaping @Sendable () -> [Pipeline]
    ) {
        self.recorder = recorder
        self.clock = clock
        self.pipelines = pipelines
        recorder.observeChanges { changes in Self.tell(changes, to: pipelines()) }
    }

    /// Cancels jobs that are not finished; one that a handler has in hand is cut off.
    ///
    /// - Returns: what changed of each job and of those that waited for it, or why nothing did, in order.
    /// - Throws: ``RecorderFailure`` if the store failed.
    public func cancel(_ jobs: [Job.ID]) async throws -> [Result<[JobChange], StoreError>] {
        try await change(jobs) { transaction, job, time in try transaction.cancel(job, at: time) }
    }

    /// Gives failed and cancelled jobs one more attempt, now; scheduled ones are made due.
    ///
    /// - Returns: what changed of each job and of those that waited for it, or why nothing did, in order.
    /// - Throws: ``RecorderFailure`` if the store failed.
    public func retry(_ jobs: [Job.ID]) async throws -> [Result<[JobChange], StoreError>] {
        try await change(jobs) { transaction, job, time in
            let change = try transaction.retry(job, at: time)
            try transaction.reopenRun(change.runID)
            return [change]
        }
    }

    private func change(
        _ jobs: [Job.ID],
        _ body: @escaping @Sendable (any StoreTransaction, Job.ID, Timestamp) throws -> [JobChange]
    ) async throws -> [Result<[JobChange], StoreError>] {
        let time = clock.now()
        return try await recorder.perform { transaction in
            try jobs.map { job in
                do {
                    return .success(try transaction.attempt { try body(transaction, job, time) })
                } catch let refusal as StoreError {
                    return .failure(refusal)
                }
            }
        } committed: { [pipelines] results in
            // What was refused changed nothing.
            Self.tell(results.flatMap { (try? $0.get()) ?? [] }, to: pipelines())
        }
    }

    private static func tell(_ changes: [JobChange], to pipelines: [Pipeline]) {
        let pipelines = Dictionary(pipelines.map { ($0.name, $0) }) { first, _ in first }
        for change in changes { pipelines[change.pipeline]?.changed(change) }
    }
}
