import Logging

/// What a consumer does without waiting. None of it is inlined, because then its temporaries would be part of what the
/// asynchronous functions hold.
extension Consumer {
    /// - Returns: `false` if the job was cancelled.
    @inline(never)
    func begin(_ activity: ConsumerActivity, isMarked: Bool) -> Bool {
        let job = activity.begin(isMarked: isMarked)
        logger.debug(
            "consumed",
            metadata: ["consumer": "\(activity.id)", "item": "\(job.item)", "queue": "\(gauge.depth)/\(gauge.size)"]
        )
        return !session.cancelledJobs.take(job)
    }

    /// Ends a job that has no outcome, because it was cancelled.
    ///
    /// - Returns: whether it was cut off.
    @inline(never)
    func skip(_ activity: ConsumerActivity) -> Bool {
        let job = activity.job
        let cut = activity.end(isFinished: false)
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
        _ outcome: Completion.Outcome, _ stopwatch: Stopwatch, _ activity: ConsumerActivity
    ) -> Completion {
        Completion(
            job: activity.job,
            consumerID: activity.id,
            outcome: outcome,
            startedAt: stopwatch.startedAt,
            finishedAt: stopwatch.finishedAt(),
            output: activity.kept.take()
        )
    }

    @inline(never)
    func completed(_ completion: Completion) {
        session.completed(completion)
    }

    @inline(never)
    func context(_ activity: ConsumerActivity) -> JobContext {
        JobContext(
            job: activity.job, pipeline: pipeline, consumerID: activity.id, logger: logger, kept: activity.kept)
    }

    /// `nil` unless the job was interrupted too often.
    @inline(never)
    func quarantine(_ activity: ConsumerActivity) -> Completion.Outcome? {
        let job = activity.job
        guard let reason = policy.quarantineReason(of: job) else { return nil }
        logger.error("job quarantined", metadata: ["job": "\(job.id)", "error": "\(reason)"])
        return .failed(reason: reason)
    }

    /// `nil` if the job was cancelled.
    @inline(never)
    func outcome(_ activity: ConsumerActivity, after error: any Error) -> Completion.Outcome? {
        let job = activity.job
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

    /// Cuts the job off when its time is over; `nil` if it may take for ever.
    @inline(never)
    func startTimer(_ activity: ConsumerActivity) -> Task<Void, any Error>? {
        let job = activity.job
        guard let limit = job.timeout ?? policy.timeout else { return nil }
        // A child task would have to be waited for; this one ends by itself.
        return Task { [clock] in
            try await clock.sleep(for: limit)
            activity.cut(job.id, attempt: job.attempt, .timedOut(limit))
        }
    }
}
