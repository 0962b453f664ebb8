import Logging

/// What the consumers of a session do: each takes jobs from the queue, has them handled, and records what became of them.
///
/// One object serves them all, and its asynchronous functions hold little while they wait: whatever they hold is there once
/// for each of thousands of consumers. So the job in hand is with the ``ConsumerActivity``.
final class Consumer: Sendable {
    let queue: BoundedQueue<Job>.Output
    let gauge: BoundedQueue<Job>.Gauge
    let source: any JobSource
    let handler: any JobHandler
    let policy: FailurePolicy
    let recorder: Recorder
    let session: RunSession
    let gate: PauseGate
    /// Fires when a drain begins.
    let takesNoMore: Signal
    let clock: any Clock<Duration>
    let wallClock: any WallClock
    let logger: Logger
    let pipeline: String

    init(
        pipeline: Pipeline, session: RunSession, queue: BoundedQueue<Job>.Output, gauge: BoundedQueue<Job>.Gauge
    ) {
        self.queue = queue
        self.gauge = gauge
        source = pipeline.configuration.source
        handler = pipeline.configuration.handler
        policy = pipeline.configuration.failures
        recorder = pipeline.recorder
        self.session = session
        gate = pipeline.gate
        takesNoMore = pipeline.takesNoMore
        clock = pipeline.clock
        wallClock = pipeline.wallClock
        logger = pipeline.logger
        self.pipeline = pipeline.name
    }

    /// Consumes until the queue is finished and empty, or until the task is cancelled.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed.
    func work(as activity: ConsumerActivity) async throws -> Staff.ShiftEnd {
        do {
            while try await takeJob(activity) {
                if try await !mayBegin(activity) {
                    activity.putBack()
                    session.progress.wentBack(1)
                } else if try await process(activity) {
                    return .cut
                }
            }
            return .over
        } catch is CancellationError {
            return .cut
        }
    }

    /// Takes a job in hand, if there is none from an earlier shift.
    ///
    /// - Returns: `false` if there is none, and none will come.
    /// - Throws: `CancellationError` if the task was cancelled, or if the consumer is to leave.
    @inline(never)
    private func takeJob(_ activity: ConsumerActivity) async throws -> Bool {
        if activity.hasJob { return true }
        // Whoever is cut off takes no other job, even if there is one.
        if Task.isCancelled || !activity.beginWaiting() { throw CancellationError() }
        guard let job = try await queue.next() else { return false }
        activity.take(job)
        return true
    }

    /// Waits for its turn, and for the end of a pause.
    ///
    /// - Returns: `false` if that does not come, because of a drain.
    /// - Throws: `CancellationError` if the task was cancelled, so that a handler would be cut off.
    @inline(never)
    private func mayBegin(_ activity: ConsumerActivity) async throws -> Bool {
        guard try await gate.pass() else { return false }
        // One that was cancelled needs no turn.
        if let rateLimiter = session.rateLimiter, !session.cancelledJobs.contains(activity.job) {
            // A pause may begin meanwhile.
            repeat {
                // What a rate holds back goes back at a drain, as what a pause holds back does.
                guard try await rateLimiter.wait(for: activity.job.key, unless: takesNoMore) else { return false }
                let wasShut = gate.isShut
                guard try await gate.pass() else { return false }
                if !wasShut { break }
            } while true
        }
        if let isolation = session.isolation { await isolation.enter(isSuspect: policy.isSuspect(activity.job)) }
        if !Task.isCancelled { return true }
        session.isolation?.leave()
        throw CancellationError()
    }

    /// - Returns: whether the job was cut off.
    @inline(never)
    private func process(_ activity: ConsumerActivity) async throws -> Bool {
        defer { session.isolation?.leave() }
        let isCareful = session.startMarks.takeCarefulStart()
        // From the beginning on a cancellation cuts the job off; one that came before is seen here.
        guard begin(activity, isMarked: isCareful) else { return skip(activity) }
        if isCareful { try await recorder.perform { try $0.markStarted([activity.job.id], at: .now()) } }
        let stopwatch = Stopwatch()
        guard let outcome = await handle(activity) else { return skip(activity) }
        return try await record(outcome, stopwatch, activity)
    }

    /// `nil` if the job was cancelled.
    @inline(never)
    private func handle(_ activity: ConsumerActivity) async -> Completion.Outcome? {
        if let outcome = quarantine(activity) { return outcome }
        let timer = startTimer(activity)
        defer { timer?.cancel() }
        do {
            try await handler.handle(activity.job, in: context(activity))
            return .done
        } catch {
            return outcome(activity, after: error)
        }
    }

    private func record(
        _ outcome: Completion.Outcome, _ stopwatch: Stopwatch, _ activity: ConsumerActivity
    ) async throws -> Bool {
        let completion = completion(outcome, stopwatch, activity)
        let cut = activity.end(isFinished: outcome != .interrupted)
        if cut == .cancelled {
            skip(completion.job)
            return true
        }
        try await recorder.record(completion, onRefusal: session.refused)
        completed(completion)
        if source.followsJobs && completion.outcome.state.isFinal { try await settle(completion) }
        return cut != nil
    }

    /// Tells the source of the end of a job, once that is durable.
    @inline(never)
    private func settle(_ completion: Completion) async throws {
        try await recorder.flush()
        await source.settled(completion.job, as: completion.outcome.state)
    }
}
