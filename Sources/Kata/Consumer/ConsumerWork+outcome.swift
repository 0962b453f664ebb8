import Logging

/// What becomes of a job that is not simply done: quarantined, out of time, cut off or failed.
extension ConsumerWork {
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
        if failure.retry == .unavailable { return postpone(job, failure) }
        var generator = runtime.random
        let outcome = policy.outcome(of: job, failedWith: failure, at: runtime.wallClock.now(), using: &generator)
        var metadata: Logger.Metadata = [
            "job": "\(job.id)", "attempt": "\(job.attempt)", "item": "\(job.item)", "error": "\(failure)",
        ]
        switch outcome {
        case .retry(_, let time), .aborted(_, let time): metadata["again_at"] = "\(time.iso8601)"
        case .done, .failed, .interrupted, .postponed: break
        }
        logger.warning("job failed", metadata: metadata)
        return outcome
    }

    /// Puts off a job that the handler could not do, as it could not do any.
    private func postpone(_ job: Job, _ failure: JobFailure) -> Completion.Outcome {
        let pause = session.breaker.failed()
        if session.troubles.failed(.handler, failure).count == 1 {
            logger.error(
                "the handler is down; no job is begun until it works again", metadata: ["error": "\(failure)"])
        } else {
            logger.debug("the handler is still down", metadata: ["error": "\(failure)"])
        }
        return .postponed(reason: failure.reason, at: runtime.wallClock.now().advanced(by: pause))
    }
}
