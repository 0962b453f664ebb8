import Logging
import Synchronization

extension Pipeline {
    /// A name for a request, so that it can be sent again without being done again.
    public struct IdempotencyKey: Hashable, Sendable {
        public let text: String
        /// Tells the same request from another one under the same name.
        public let fingerprint: Int64
        /// How long a key is kept.
        static let lifetime = Duration.seconds(24 * 3_600)

        public init(_ text: String, fingerprint: Int64) {
            self.text = text
            self.fingerprint = fingerprint
        }
    }

    /// Starts another run.
    ///
    /// - Throws: ``StoreError/runUnfinished(pipeline:run:)``; ``PipelineError/draining(pipeline:)``;
    ///   ``RecorderFailure`` if the store failed.
    @discardableResult
    public func startRun() async throws -> Run {
        if takesNoMore.hasFired { throw PipelineError.draining(pipeline: name) }
        let run = try await recorder.perform { [configuration] transaction in
            try transaction.startRun(pipeline: configuration.name, items: configuration.itemCount, at: .now())
        }
        logger.info(
            "run started",
            metadata: [
                "run": "\(run.id)", "items": "\(run.items.map(String.init) ?? "unknown")",
                "workers": "\(configuration.workerCount)",
            ])
        runQueue.add(run.id)
        return run
    }

    /// Adds jobs, all of them or none. They are durable when this returns.
    ///
    /// - Parameter key: the same jobs under the same key are added once; what was said then is said again.
    /// - Returns: what became of each job, in order.
    /// - Throws: ``PipelineError/takesNoJobs(pipeline:)``; ``StoreError/keyReused(key:)``; ``RecorderFailure`` if the
    ///   store failed.
    public func submit(_ jobs: [NewJob], key: IdempotencyKey? = nil) async throws -> [SubmittedJob] {
        guard configuration.source.takesJobs else { throw PipelineError.takesNoJobs(pipeline: name) }
        let time = wallClock.now()
        return try await recorder.perform { [configuration] transaction in
            try Submit(jobs: jobs, key: key, time: time, configuration: configuration).run(transaction)
        } committed: { [self] outcome in
            guard case .added(let run, let submitted) = outcome else { return }
            latest.submitted(jobs, submitted, to: run)
        }.jobs
    }

    private func submitted(_ jobs: [NewJob], _ submitted: [SubmittedJob], to run: Run.ID) {
        let session = state.withLock { state in
            if let session = state.session, session.run.id == run { return session as RunSession? }
            // It has no session yet, which will read what there is.
            return nil
        }
        session?.submitted(jobs, submitted)
        runQueue.add(run)
    }

    /// What was said of the jobs that were submitted under that key; `nil` if there are none.
    ///
    /// - Throws: ``StoreError/keyReused(key:)``; ``RecorderFailure`` if the store failed.
    public func submitted(under key: IdempotencyKey) async throws -> [SubmittedJob]? {
        try await recorder.perform { [name] transaction in try Self.submitted(under: key, to: name, transaction) }
    }

    fileprivate static func submitted(
        under key: IdempotencyKey, to pipeline: String, _ transaction: any StoreTransaction
    ) throws -> [SubmittedJob]? {
        guard let earlier = try transaction.submission(key: key.text, pipeline: pipeline) else { return nil }
        if earlier.fingerprint != key.fingerprint { throw StoreError.keyReused(key: key.text) }
        return earlier.jobs
    }

    /// Takes in a change of one of this pipeline's jobs that was made in the store.
    func changed(_ change: JobChange) {
        let session = state.withLock { state in
            if let session = state.session, session.run.id == change.runID { return session as RunSession? }
            state.otherCounts.move(from: change.old, to: change.new)
            return nil
        }
        session?.changed(change)
        if change.new == .cancelled && configuration.source.followsJobs { settle(change) }
        // Its run may have been finished.
        if change.new == .scheduled && !takesNoMore.hasFired { runQueue.add(change.runID) }
    }

    private func settle(_ change: JobChange) {
        Task { [store, configuration, logger] in
            do {
                guard let record = try await store.job(change.job) else { return }
                await configuration.source.settled(record.job, as: .cancelled)
            } catch {
                logger.warning("the source was not told of a cancelled job", metadata: ["job": "\(change.job)"])
            }
        }
    }

    /// Changes how many consumers there are, until the pipeline is made anew. Those that are too many finish what they
    /// have in hand.
    ///
    /// - Precondition: `count` is one of ``PipelineConfiguration/workerCounts``.
    public func scale(to count: Int) {
        precondition(PipelineConfiguration.workerCounts.contains(count), "\(count) is no number of workers")
        let old = state.withLock { state in
            defer { state.workerCount = count }
            state.session?.staff.scale(to: count)
            return state.workerCount
        }
        if old != count { logger.notice("scaled", metadata: ["workers": "\(count)", "before": "\(old)"]) }
    }

    /// Begins no more jobs until it is resumed, in this process or a later one. Jobs in a handler's hands go on.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed.
    public func pause() async throws {
        try await setPaused(true)
    }

    /// Ends a pause.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed.
    public func resume() async throws {
        try await setPaused(false)
    }

    private func setPaused(_ isPaused: Bool) async throws {
        try await recorder.perform { [name] transaction in
            try transaction.setPaused(isPaused, pipeline: name, at: .now())
        } committed: { [gate, logger] in
            if isPaused ? gate.shut() : gate.open() { logger.notice(isPaused ? "paused" : "resumed") }
        }
    }
}

/// Adds jobs to a pipeline's run, in one transaction.
private struct Submit: Sendable {
    enum Outcome: Sendable {
        case added(run: Run.ID, [SubmittedJob])
        /// The same request came before.
        case repeated([SubmittedJob])

        var jobs: [SubmittedJob] {
            switch self {
            case .added(_, let jobs), .repeated(let jobs): jobs
            }
        }
    }

    let jobs: [NewJob]
    let key: Pipeline.IdempotencyKey?
    let time: Timestamp
    let configuration: PipelineConfiguration

    func run(_ transaction: any StoreTransaction) throws -> Outcome {
        let pipeline = configuration.name
        if let key, let earlier = try Pipeline.submitted(under: key, to: pipeline, transaction) {
            return .repeated(earlier)
        }
        let run =
            try transaction.unfinishedRun(pipeline: pipeline)
            ?? transaction.startRun(pipeline: pipeline, items: nil, at: time).id
        let submitted = try transaction.submit(jobs, to: run, uniqueFor: configuration.uniqueFor, at: time)
        if let key {
            try transaction.saveSubmission(
                Submission(fingerprint: key.fingerprint, jobs: submitted), key: key.text, pipeline: pipeline, at: time,
                forgettingBefore: time.advanced(by: .zero - Pipeline.IdempotencyKey.lifetime)
            )
        }
        return .added(run: run, submitted)
    }
}
