import Logging

/// What the consumers of a session do: each takes jobs from the queue, has them handled, and records what became of
/// them.
///
/// One object serves all consumers, and its asynchronous functions hold little while they wait: whatever they hold is
/// there once for each of thousands of consumers. So the job in hand is with its ``Consumer``, and what does not wait is
/// not inlined: its temporaries would be part of what they hold.
final class ConsumerWork: Sendable {
    let queue: BoundedQueue<Job>.Output
    let gauge: BoundedQueue<Job>.Gauge
    let pipeline: String
    let source: any JobSource
    let handler: any JobHandler
    let policy: FailurePolicy
    /// `nil` if no other pipeline is told of the ends of jobs.
    let alarms: AlarmRules?
    let store: any JobStoreReader
    let recorder: Recorder
    let session: RunSession
    let startMarks: StartMarks
    let gate: PauseGate
    /// Opens when a drain begins.
    let takesNoMore: Latch
    let runtime: Runtime
    let logger: Logger
    private let collector: OutputCollector

    init(
        configuration: PipelineConfiguration, queue: BoundedQueue<Job>.Output, gauge: BoundedQueue<Job>.Gauge,
        store: any JobStoreReader, recorder: Recorder, session: RunSession, startMarks: StartMarks, gate: PauseGate,
        takesNoMore: Latch,
        runtime: Runtime, logger: Logger
    ) {
        self.queue = queue
        self.gauge = gauge
        pipeline = configuration.name
        source = configuration.source
        handler = configuration.handler
        policy = configuration.failures
        alarms = configuration.alarms
        self.store = store
        self.recorder = recorder
        self.session = session
        self.startMarks = startMarks
        self.gate = gate
        self.takesNoMore = takesNoMore
        self.runtime = runtime
        self.logger = logger
        collector = OutputCollector(
            pipeline: configuration.name, limits: configuration.output, live: recorder.outputs,
            wallClock: runtime.wallClock)
    }

    /// Consumes until the queue is finished and empty, or until the task is cancelled.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed.
    func run(_ consumer: Consumer) async throws -> ConsumerPool.TaskEnd {
        consumer.tellCheckpoints(to: session.checkpoints.keep)
        do {
            while try await takeJob(consumer) {
                if try await !mayBegin(consumer) {
                    putBack(consumer)
                } else if try await process(consumer) {
                    return .cut
                }
            }
            return .over
        } catch is CancellationError {
            return .cut
        }
    }

    @inline(never)
    private func putBack(_ consumer: Consumer) {
        consumer.putBack()
        session.progress.wentBack(1)
    }

    /// Takes a job in hand, if there is none from an earlier task of the consumer.
    ///
    /// - Returns: `false` if there is none, and none will come.
    /// - Throws: `CancellationError` if the task was cancelled, or if the consumer is to leave.
    @inline(never)
    private func takeJob(_ consumer: Consumer) async throws -> Bool {
        if consumer.hasJob { return true }
        // A task that was cut off takes no other job, even if there is one.
        if Task.isCancelled || !consumer.beginWaiting() { throw CancellationError() }
        guard let job = try await queue.next() else { return false }
        consumer.take(job)
        return true
    }

    /// Has the job in hand handled, and its outcome recorded.
    ///
    /// - Returns: whether the job was cut off.
    @inline(never)
    private func process(_ consumer: Consumer) async throws -> Bool {
        defer { session.isolation?.leave() }
        // One that has ended a node may end this one.
        let isCareful =
            startMarks.takeCarefulStart() || session.isShared && policy.needsCare(consumer.job)
        while !begin(consumer, isMarked: isCareful) {
            guard try await waitOnceMore() else {
                putBack(consumer)
                return false
            }
        }
        // From here on a cancellation cuts the job off; one that came before is seen here.
        if session.cancelledJobs.take(consumer.job) { return skip(consumer) }
        if session.editedJobs.areThere, try await !isStillToBeDone(consumer) { return leaveCopy(consumer) }
        if isCareful { try await startMarks.mark([consumer.job.id]) }
        let stopwatch = Stopwatch(runtime)
        if let outcome = quarantine(consumer) {
            session.breaker.toldNothing()
            return try await record(outcome, stopwatch, consumer)
        }
        if session.events.areRead { tellBegin(consumer) }
        guard let outcome = await handle(consumer) else {
            session.metrics.attemptCancelled()
            return skip(consumer)
        }
        learn(from: outcome)
        return try await record(outcome, stopwatch, consumer)
    }

    /// Begins the job in hand.
    ///
    /// - Returns: `false` if a pause has begun meanwhile. Whoever pauses shuts the gate and then looks at what is in hand; here
    ///   the job is in hand first, and then the gate is looked at. So one of the two sees the other.
    @inline(never)
    private func begin(_ consumer: Consumer, isMarked: Bool) -> Bool {
        let job = consumer.begin(isMarked: isMarked, at: runtime.clock.now)
        if gate.isShut {
            consumer.holdBack()
            return false
        }
        logger.debug(
            "consumed",
            metadata: [
                "consumer": "\(consumer.id)", "item": "\(job.shownItem)", "queue": "\(gauge.depth)/\(gauge.size)",
            ]
        )
        return true
    }

    /// Tells those who look on.
    @inline(never)
    private func tellBegin(_ consumer: Consumer) {
        session.events.began(consumer.job, pipeline: pipeline, consumerID: consumer.id, at: runtime.wallClock.now())
    }

    /// `nil` if the job was cancelled.
    @inline(never)
    private func handle(_ consumer: Consumer) async -> Completion.Outcome? {
        let timer = startTimer(consumer)
        defer { timer?.cancel() }
        do {
            if source.followsJobs { try await prepareSource(consumer) }
            if mayHaveCheckpoint(consumer.job) { try await giveCheckpoint(consumer) }
            try await handler.handle(consumer.job, in: context(consumer))
            return .done
        } catch {
            return outcome(consumer, after: error)
        }
    }

    /// Takes in what an attempt tells about the handler.
    @inline(never)
    private func learn(from outcome: Completion.Outcome) {
        switch outcome {
        case .done, .failed, .retry:
            session.breaker.succeeded()
            // Whatever the breaker says: a job that failed at the same moment may show the trouble only after it closed.
            session.troubles.end(.handler)
        case .cutOff, .interrupted: session.breaker.toldNothing()
        case .postponed: break
        }
    }

    @inline(never)
    private func context(_ consumer: Consumer) -> JobContext {
        JobContext(
            job: consumer.job, pipeline: pipeline, consumerID: consumer.id, logger: logger, report: consumer.report,
            collector: collector)
    }

    private func record(
        _ outcome: Completion.Outcome, _ stopwatch: Stopwatch, _ consumer: Consumer
    ) async throws -> Bool {
        let (completion, printed) = completion(outcome, stopwatch, consumer)
        if let printed { try await recorder.end(printed, attemptStartedAt: completion.startedAt) }
        let cut = consumer.end(isFinished: outcome.isFinished)
        if cut == .cancelled {
            session.metrics.attemptCancelled()
            skip(completion.job)
            return true
        }
        if completion.hasCheckpoint { try await settleCheckpoint(completion) }
        try await recorder.record(completion, alarms: alarms, observer: session)
        completed(completion)
        if source.followsJobs && completion.outcome.state.isFinal { try await tellSource(completion) }
        return cut != nil
    }

    @inline(never)
    private func completion(
        _ outcome: Completion.Outcome, _ stopwatch: Stopwatch, _ consumer: Consumer
    ) -> (Completion, printed: AttemptOutput?) {
        var finishedAt = stopwatch.finishedAt(runtime.clock.now)
        var startedAt = stopwatch.startedAt
        if outcome.state == .scheduled {
            // The time until it is due counts from what the clock shows now, if that was set meanwhile.
            let step = finishedAt.duration(to: runtime.wallClock.now())
            if abs(step.milliseconds) > Timestamp.clockTolerance.milliseconds {
                finishedAt = finishedAt.advanced(by: step)
                startedAt = startedAt.advanced(by: step)
            }
        }
        let yield = consumer.report.take()
        var completion = Completion(
            job: consumer.job,
            consumerID: consumer.id,
            outcome: outcome,
            startedAt: startedAt,
            finishedAt: finishedAt,
            output: yield.kept,
            exitCode: outcome.hasFailed ? yield.exitCode : nil,
            cost: yield.cost
        )
        completion.failureKind = outcome.hasFailed ? yield.failureKind : nil
        completion.hasCheckpoint = yield.checkpoint != nil
        return (completion, yield.printed)
    }

    @inline(never)
    private func completed(_ completion: Completion) {
        session.completed(completion)
    }

    /// Tells the source of the end of a job, once that end is durable.
    @inline(never)
    private func tellSource(_ completion: Completion) async throws {
        try await recorder.flush()
        await source.tellEnd(of: completion.job.id, in: store, executor: runtime.executor, logger: logger)
    }

    /// Tells the source of the beginning of an attempt.
    @inline(never)
    private func prepareSource(_ consumer: Consumer) async throws {
        if let record = try await store.job(consumer.job.id) { try await source.prepare(record) }
    }

    /// Ends a job that has no outcome, because it was cancelled.
    ///
    /// - Returns: whether the job was cut off.
    @inline(never)
    private func skip(_ consumer: Consumer) -> Bool {
        let job = consumer.job
        // What a job printed that somebody cancelled may say why.
        if let printed = consumer.report.take().printed { recorder.save(ended: printed, attemptStartedAt: nil) }
        let cut = consumer.end(isFinished: false)
        skip(job)
        return cut != nil
    }

    @inline(never)
    private func skip(_ job: Job) {
        _ = session.cancelledJobs.take(job)
        session.breaker.toldNothing()
        session.handled(job.id)
        session.skipped(job)
    }
}
