import Logging

/// What a consumer does without waiting. It is not inlined, because then its temporaries would be part of what the
/// asynchronous functions hold.
extension ConsumerWork {
    /// Begins the job in hand.
    ///
    /// - Returns: `false` if the job was cancelled.
    @inline(never)
    func begin(_ consumer: Consumer, isMarked: Bool) -> Bool {
        let job = consumer.begin(isMarked: isMarked, at: runtime.clock.now)
        logger.debug(
            "consumed",
            metadata: ["consumer": "\(consumer.id)", "item": "\(job.item)", "queue": "\(gauge.depth)/\(gauge.size)"]
        )
        return !session.cancelledJobs.take(job)
    }

    /// Ends a job that has no outcome, because it was cancelled.
    ///
    /// - Returns: whether the job was cut off.
    @inline(never)
    func skip(_ consumer: Consumer) -> Bool {
        let job = consumer.job
        let cut = consumer.end(isFinished: false)
        skip(job)
        return cut != nil
    }

    @inline(never)
    func skip(_ job: Job) {
        _ = session.cancelledJobs.take(job)
        session.skipped(job)
    }

    @inline(never)
    func completion(
        _ outcome: Completion.Outcome, _ stopwatch: Stopwatch, _ consumer: Consumer
    ) -> Completion {
        Completion(
            job: consumer.job,
            consumerID: consumer.id,
            outcome: outcome,
            startedAt: stopwatch.startedAt,
            finishedAt: stopwatch.finishedAt(runtime.clock.now),
            output: consumer.report.takeOutput()
        )
    }

    @inline(never)
    func completed(_ completion: Completion) {
        session.completed(completion)
    }

    @inline(never)
    func context(_ consumer: Consumer) -> JobContext {
        JobContext(
            job: consumer.job, pipeline: pipeline, consumerID: consumer.id, logger: logger, report: consumer.report)
    }

    /// `nil` unless the job was interrupted too often.
    @inline(never)
    func quarantine(_ consumer: Consumer) -> Completion.Outcome? {
        let job = consumer.job
        guard let reason = policy.quarantineReason(of: job) else { return nil }
        logger.error("job quarantined", metadata: ["job": "\(job.id)", "error": "\(reason)"])
        return .failed(reason: reason)
    }

    /// `nil` if the job was cancelled.
    @inline(never)
    func outcome(_ consumer: Consumer, after error: any Error) -> Completion.Outcome? {
        let job = consumer.job
        let failure: JobFailure
        switch consumer.cut {
        case .cancelled: return nil
        case .timedOut(let limit): failure = JobFailure("timed out after \(limit.formattedSeconds) s")
        // The end of a drain, which costs no attempt, in whatever words the handler says that it was cut off.
        case nil where Task.isCancelled: return .interrupted
        case nil: failure = error as? JobFailure ?? JobFailure("\(error)")
        }
        var generator = runtime.random
        let outcome = policy.outcome(of: job, failedWith: failure, at: runtime.wallClock.now(), using: &generator)
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

    /// Cuts the job off when its time is over; `nil` if it may take for ever.
    @inline(never)
    func startTimer(_ consumer: Consumer) -> Task<Void, any Error>? {
        let job = consumer.job
        guard let limit = job.timeout ?? policy.timeout else { return nil }
        // A child task would have to be waited for; this task ends by itself.
        return Task { [clock = runtime.clock] in
            try await clock.sleep(for: limit)
            consumer.cut(job.id, attempt: job.attempt, .timedOut(limit))
        }
    }
}
