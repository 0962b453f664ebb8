extension Pipeline {
    /// Adds jobs, all of them or none. They are durable when this returns.
    ///
    /// - Parameter key: the same jobs under the same key are added once, and every time the first answer is given;
    ///   `nil` means that they are added each time.
    /// - Returns: what became of each job, in order.
    /// - Throws: ``PipelineError/takesNoJobs(pipeline:)``; ``JobFault`` if a job is beyond the limits of ``NewJob``;
    ///   ``StoreError/unknownJob(_:)`` if a job is to wait for one that there is not; ``StoreError/keyReused(key:)``; ``RecorderFailure`` if the store failed.
    public func submit(_ jobs: [NewJob], key: IdempotencyKey? = nil) async throws -> [SubmittedJob] {
        guard configuration.source.takesJobs else { throw PipelineError.takesNoJobs(pipeline: name) }
        for job in jobs { try job.check() }
        let request = SubmitRequest(jobs: jobs, key: key, time: runtime.wallClock.now(), configuration: configuration)
        return try await recorder.perform { transaction in
            try request.run(transaction)
        } committed: { [observers = recorder.observers, name] outcome in
            guard case .added(let run, let submitted) = outcome else { return }
            observers[name]?.added(jobs, submitted, to: run)
        }.jobs
    }

    /// The answer that was given for the jobs submitted under that key; `nil` if there are none.
    ///
    /// - Throws: ``StoreError/keyReused(key:)``; ``RecorderFailure`` if the store failed.
    public func earlierAnswer(to key: IdempotencyKey) async throws -> [SubmittedJob]? {
        try await recorder.perform { [name] transaction in
            try SubmitRequest.earlierAnswer(to: key, name, transaction)
        }
    }
}

/// Adds jobs to a pipeline's run, in one transaction.
private struct SubmitRequest: Sendable {
    enum Outcome: Sendable {
        case added(run: Run.ID, [SubmittedJob])
        /// The same request came before; these are the jobs of its first answer.
        case repeated([SubmittedJob])

        var jobs: [SubmittedJob] {
            switch self {
            case .added(_, let jobs), .repeated(let jobs): jobs
            }
        }
    }

    let jobs: [NewJob]
    let key: IdempotencyKey?
    let time: Timestamp
    let configuration: PipelineConfiguration

    func run(_ transaction: any StoreTransaction) throws -> Outcome {
        let pipeline = configuration.name
        if let key, let earlier = try Self.earlierAnswer(to: key, pipeline, transaction) { return .repeated(earlier) }
        let run =
            try transaction.unfinishedRun(pipeline: pipeline)
            ?? transaction.startRun(pipeline: pipeline, items: nil, at: time).id
        let submitted = try transaction.submit(jobs, to: run, uniqueFor: configuration.uniqueFor, at: time)
        if let key {
            try transaction.saveSubmission(
                Submission(fingerprint: key.fingerprint, jobs: submitted), key: key.text, pipeline: pipeline, at: time,
                forgettingBefore: time.advanced(by: .zero - IdempotencyKey.lifetime)
            )
        }
        return .added(run: run, submitted)
    }

    /// The answer that was given for the jobs submitted under that key; `nil` if there are none.
    ///
    /// - Throws: ``StoreError/keyReused(key:)``.
    static func earlierAnswer(
        to key: IdempotencyKey, _ pipeline: String, _ transaction: any StoreTransaction
    ) throws -> [SubmittedJob]? {
        guard let earlier = try transaction.submission(key: key.text, pipeline: pipeline) else { return nil }
        if earlier.fingerprint != key.fingerprint { throw StoreError.keyReused(key: key.text) }
        return earlier.jobs
    }
}
