import Logging

/// What becomes of a job that is not simply done: quarantined, out of time, cut off or failed.
extension ConsumerWork {
    /// `nil` unless the job was interrupted too often.
    @inline(never)
    func quarantine(_ consumer: Consumer) -> Completion.Outcome? {
        let job = consumer.job
        guard let reason = policy.quarantineReason(of: job) else { return nil }
        logger.error("job quarantined", metadata: ["job": "\(job.id)", "error": "\(reason)"])
        consumer.report.setFailure(.quarantined)
        return .failed(reason: reason)
    }

    /// `nil` if the job was cancelled.
    @inline(never)
    func outcome(_ consumer: Consumer, after error: any Error) -> Completion.Outcome? {
        let job = consumer.job
        let failure: JobFailure
        switch consumer.cut {
        case .cancelled: return nil
        case .timedOut(let limit):
            failure = JobFailure("timed out after \(limit.formattedSeconds) s", kind: .timeout)
        // The end of a drain, which costs no attempt, in whatever words the handler says that it was cut off.
        case nil where Task.isCancelled: return .cutOff
        case nil: failure = error as? JobFailure ?? JobFailure("\(error)")
        }
        var generator = runtime.random
        let outcome = policy.outcome(of: job, failedWith: failure, at: runtime.wallClock.now(), using: &generator)
        var metadata: Logger.Metadata = [
            "job": "\(job.id)", "attempt": "\(job.attempt)", "item": "\(job.shownItem)", "error": "\(failure)",
        ]
        switch outcome {
        case .retry(_, let time), .interrupted(_, let time): metadata["again_at"] = "\(time.iso8601)"
        case .postponed(let reason, let time):
            return .postponed(reason: reason, at: time.advanced(by: handlerIsDown(failure)))
        case .done, .failed, .cutOff: break
        }
        consumer.report.setFailure(failure.kind, exitCode: failure.exitCode)
        logger.warning("job failed", metadata: metadata)
        return outcome
    }

    /// Takes in that the handler could not do a job, as it could not do any.
    ///
    /// - Returns: how long it is until it is tried again.
    private func handlerIsDown(_ failure: JobFailure) -> Duration {
        let pause = session.breaker.failed()
        if session.troubles.failed(.handler, failure).count == 1 {
            logger.error(
                "the handler is down; no job is begun until it works again", metadata: ["error": "\(failure)"])
        } else {
            logger.debug("the handler is still down", metadata: ["error": "\(failure)"])
        }
        return pause
    }
}
