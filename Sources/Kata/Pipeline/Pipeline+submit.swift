extension Pipeline {
    /// Adds jobs, all of them or none. They are durable when this returns.
    ///
    /// - Parameters:
    ///   - jobs: added in this order.
    ///   - key: the same jobs under the same key are added once, and every time the first answer is given; `nil` means that
    ///     they are added each time.
    /// - Returns: what became of each job, in order.
    /// - Throws: ``PipelineError/takesNoJobs(pipeline:)``; ``JobFault`` if a job is beyond the limits of ``NewJob``;
    ///   ``StoreError/unknownJob(_:)`` if a job is to wait for one that there is not; ``StoreError/keyReused(key:)``;
    ///   ``StoreFailure`` if the store takes no writes now; ``RecorderFailure`` if the store failed.
    public func submit(_ jobs: [NewJob], key: IdempotencyKey? = nil) async throws -> [SubmittedJob] {
        guard configuration.source.takesJobs else { throw PipelineError.takesNoJobs(pipeline: name) }
        let jobs = try configuration.handler.intake.map { try accept(jobs, by: $0) } ?? jobs
        for job in jobs { try job.check() }
        let submission = IdempotentSubmission(
            jobs: jobs, key: key, time: runtime.wallClock.now(), configuration: configuration)
        let isUnique = jobs.contains { $0.uniqueKey != nil }
        let steering = JobSteering(recorder: recorder, store: store, runtime: runtime)
        var changed: Set<Job.ID> = []
        while true {
            switch try await add(submission, isUnique: isUnique, changed: changed) {
            case .added(_, let submitted, _), .repeated(let submitted): return submitted
            case .hasDuplicates(let edits):
                // Mostly there are none, and it was one transaction. Others may come meanwhile.
                try await steering.editUnbegun(edits.map { ($0.job, $0.edit) })
                changed.formUnion(edits.lazy.map(\.job))
            }
        }
    }

    private func add(
        _ submission: IdempotentSubmission, isUnique: Bool, changed: Set<Job.ID>
    ) async throws -> IdempotentSubmission.Outcome {
        let jobs = submission.jobs
        return try await recorder.perform(waits: false) { [observers = recorder.observers, name] transaction in
            if isUnique { transaction.keepUniqueKeys(of: observers[name]?.cancelledInHand ?? []) }
            return try submission.run(transaction, changed: changed)
        } committed: { [observers = recorder.observers, name, metrics] outcome in
            switch outcome {
            case .added(let run, let submitted, let changes):
                observers[name]?.added(jobs, submitted, to: run)
                observers.tell(changes)
            case .repeated(let submitted): metrics.foundDuplicates(submitted.count)
            case .hasDuplicates: break
            }
        }
    }

    /// The answer that was given for the jobs submitted under that key; `nil` if there are none.
    ///
    /// - Throws: ``StoreError/keyReused(key:)``; ``StoreFailure`` if the store takes no writes now; ``RecorderFailure`` if
    ///   it failed.
    public func earlierAnswer(to key: IdempotencyKey) async throws -> [SubmittedJob]? {
        try await recorder.perform(waits: false) { [name] transaction in
            try IdempotentSubmission.earlierAnswer(to: key, name, transaction)
        }
    }
}
