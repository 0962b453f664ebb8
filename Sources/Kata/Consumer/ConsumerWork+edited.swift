import Logging

/// Jobs that somebody has edited.
extension ConsumerWork {
    /// Whether the job that was begun is to be done. There may be copies of it from before it was edited; one that is not as the
    /// store has it now is left, as the feed has another one.
    ///
    /// - Throws: `CancellationError` if the task is cancelled first; ``RecorderFailure`` if the store failed.
    @inline(never)
    func isStillToBeDone(_ consumer: Consumer) async throws -> Bool {
        let job = consumer.job
        switch session.editedJobs.begin(job.id) {
        case .nothing: return true
        case .leave: return false
        case .read: break
        }
        do {
            // Behind an edit that may be under way, and behind the outcome of another copy.
            try await recorder.flush()
            let record = try await stored(job)
            if let record, record.state == .pending, record.job.isSameWork(as: job) {
                try Task.checkCancellation()
                return true
            }
        } catch {
            session.handled(job.id)
            session.breaker.toldNothing()
            throw error
        }
        session.handled(job.id)
        return false
    }

    /// Reads a job, again after a pause if the store can't be read.
    private func stored(_ job: Job) async throws -> JobRecord? {
        var failures = 0
        while true {
            do {
                return try await store.job(job.id)
            } catch let error where !(error is CancellationError) {
                failures += 1
                logger.warning(
                    "a job that was edited can't be read and is read again",
                    metadata: ["job": "\(job.id)", "error": "\(error)"])
                try await runtime.clock.sleep(for: Backoff.persistent.pause(after: failures))
            }
        }
    }

    /// Leaves a copy of a job that is not to be done.
    @inline(never)
    func leaveCopy(_ consumer: Consumer) -> Bool {
        let job = consumer.job
        let cut = consumer.end(isFinished: false)
        session.breaker.toldNothing()
        session.skipped(job)
        return cut != nil
    }
}

extension Job {
    /// Whether a handler would be given the same, from the same place among others.
    fileprivate func isSameWork(as other: Job) -> Bool {
        attempt == other.attempt && priority == other.priority && key == other.key && item == other.item
    }
}
