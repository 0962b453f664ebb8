import Logging

/// Takes jobs from the queue, has each handled, and records what became of it.
struct Consumer {
    /// Why a consumer's task ends.
    enum ShiftEnd: Sendable {
        /// There is nothing more to do.
        case over
        /// The task was cancelled, and not the consumer: a job was cut off, or the consumer was to leave while it waited.
        case cut
        /// The same, with a job in hand that is to be done.
        case holding(Job)
    }

    let id: String
    let queue: BoundedQueue<Job>.Output
    let gauge: BoundedQueue<Job>.Gauge
    let source: any JobSource
    let handler: any JobHandler
    let policy: FailurePolicy
    let recorder: Recorder
    let session: RunSession
    let activity: ConsumerActivity
    let gate: PauseGate
    /// Fires when a drain begins.
    let takesNoMore: Signal
    let clock: any Clock<Duration>
    let wallClock: any WallClock
    let logger: Logger
    let pipeline: String

    /// Consumes until the queue is finished and empty, or until the task is cancelled.
    ///
    /// A job can be cut off without its consumer, so the work is done in tasks that can be: one for many jobs, because a
    /// task for each would cost more than a quick handler.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed.
    func run() async throws {
        var inHand: Job?
        while true {
            if inHand == nil && activity.leaves() { return }
            // Not a child task, because only a task can be cancelled by whoever has it; the handler below passes on a
            // cancellation of this one.
            let shift = Task { [inHand] in try await work(beginningWith: inHand) }
            activity.beginShift(shift)
            let end = try await withTaskCancellationHandler {
                try await shift.value
            } onCancel: {
                shift.cancel()
            }
            switch end {
            case .over: return
            case .cut: inHand = nil
            case .holding(let job): inHand = job
            }
            if Task.isCancelled {
                if inHand != nil { session.progress.wentBack(1) }
                return
            }
        }
    }

    private func work(beginningWith first: Job?) async throws -> ShiftEnd {
        var next = first
        while true {
            if next == nil {
                // Whoever is cut off takes no other job, even if there is one.
                if Task.isCancelled || !activity.beginWaiting() { return .cut }
                defer { activity.endWaiting() }
                do {
                    next = try await queue.next()
                } catch is CancellationError {
                    return .cut
                }
            }
            guard let job = next else { return .over }
            guard let mayBegin = await mayBegin(job) else { return .holding(job) }
            next = nil
            if !mayBegin {
                session.progress.wentBack(1)
            } else if try await process(job) {
                return .cut
            }
        }
    }

    /// Waits for its turn, and for the end of a pause.
    ///
    /// - Returns: `false` if that does not come, because of a drain; `nil` if the task was cancelled, so that a handler
    ///   would be cut off.
    private func mayBegin(_ job: Job) async -> Bool? {
        do {
            guard try await gate.pass() else { return false }
            // One that was cancelled needs no turn.
            if let rateLimiter = session.rateLimiter, !session.cancelledJobs.contains(job) {
                // A pause may begin meanwhile.
                repeat {
                    // What a rate holds back goes back at a drain, as what a pause holds back does.
                    guard try await rateLimiter.wait(for: job.key, unless: takesNoMore) else { return false }
                    let wasShut = gate.isShut
                    guard try await gate.pass() else { return false }
                    if !wasShut { break }
                } while true
            }
        } catch {
            return nil
        }
        await session.isolation?.enter(isSuspect: policy.isSuspect(job))
        if !Task.isCancelled { return true }
        session.isolation?.leave()
        return nil
    }

    /// - Returns: whether the job was cut off.
    private func process(_ job: Job) async throws -> Bool {
        defer { session.isolation?.leave() }
        logger.debug(
            "consumed",
            metadata: ["consumer": "\(id)", "item": "\(job.item)", "queue": "\(gauge.depth)/\(gauge.size)"]
        )
        let isCareful = session.startMarks.takeCarefulStart()
        activity.begin(job, isMarked: isCareful)
        var completion: Completion?
        // From the beginning on a cancellation cuts the job off; one that came before is seen here.
        if !session.cancelledJobs.take(job) {
            if isCareful { try await recorder.perform { try $0.markStarted([job.id], at: .now()) } }
            completion = await handle(job)
        }
        let cut = activity.end(isFinished: completion.map { $0.outcome != .interrupted } ?? false)
        if let completion, cut != .cancelled {
            try await recorder.record(completion, onRefusal: session.refused)
            session.completed(completion)
            if source.followsJobs && completion.outcome.state.isFinal {
                try await recorder.flush()
                await source.settled(job, as: completion.outcome.state)
            }
        } else {
            _ = session.cancelledJobs.take(job)
            session.skipped(job)
        }
        return cut != nil
    }

    private func handle(_ job: Job) async -> Completion? {
        let stopwatch = Stopwatch()
        let outcome = await outcome(of: job)
        return outcome.map { outcome in
            Completion(
                job: job,
                consumerID: id,
                outcome: outcome,
                startedAt: stopwatch.startedAt,
                finishedAt: stopwatch.finishedAt(),
                output: activity.kept.take()
            )
        }
    }

    /// `nil` if the job was cancelled.
    private func outcome(of job: Job) async -> Completion.Outcome? {
        if let reason = policy.quarantineReason(of: job) {
            logger.error("job quarantined", metadata: ["job": "\(job.id)", "error": "\(reason)"])
            return .failed(reason: reason)
        }
        do {
            let context = JobContext(job: job, pipeline: pipeline, consumerID: id, logger: logger, kept: activity.kept)
            try await withTimeout(job) { try await handler.handle(job, in: context) }
            return .done
        } catch {
            return outcome(of: job, after: error)
        }
    }

    private func outcome(of job: Job, after error: any Error) -> Completion.Outcome? {
        let failure: JobFailure
        switch activity.cut {
        case .cancelled: return nil
        case .timedOut(let limit): failure = JobFailure("timed out after \(limit.formattedSeconds) s")
        case nil where error is CancellationError && Task.isCancelled: return .interrupted
        case nil: failure = error as? JobFailure ?? JobFailure("\(error)")
        }
        var generator = SystemRandomNumberGenerator()
        let outcome = policy.outcome(of: job, failedWith: failure, at: wallClock.now(), using: &generator)
        var metadata: Logger.Metadata = [
            "job": "\(job.id)", "attempt": "\(job.attempt)", "item": "\(job.item)", "error": "\(failure)",
        ]
        switch outcome {
        case .retry(_, let time), .aborted(_, let time): metadata["again_at"] = "\(time.iso8601)"
        case .done, .failed, .interrupted: break
        }
        logger.warning("job failed", metadata: metadata)
        return outcome
    }

    /// Cuts the job off when its time is over.
    private func withTimeout(_ job: Job, _ body: () async throws -> Void) async throws {
        guard let limit = job.timeout ?? policy.timeout else { return try await body() }
        // A child task would have to be waited for; this one ends by itself.
        let timer = Task { [activity, clock] in
            try await clock.sleep(for: limit)
            activity.cut(job.id, attempt: job.attempt, .timedOut(limit))
        }
        defer { timer.cancel() }
        try await body()
    }
}
