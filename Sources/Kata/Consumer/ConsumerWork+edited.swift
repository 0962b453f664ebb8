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
            if let now = try await current(job), now.isSameWork(as: job) {
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

    /// The job as it is now; `nil` if it is not to be done.
    private func current(_ job: Job) async throws -> Job? {
        guard let record = try await stored(job), record.state == .pending else { return nil }
        guard let claims = session.claims else { return record.job }
        let renewed = try await claims.renew(record.job)
        // It is this node's now, so the feed has to have it if it is not this copy that is done.
        if let renewed, !renewed.isSameWork(as: job) { session.news.post { _ = $0.possiblyLeft.insert(job.id) } }
        return renewed
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
        session.left(job)
        return cut != nil
    }
}

extension Job {
    /// Whether a handler would be given the same, from the same place among others.
    fileprivate func isSameWork(as other: Job) -> Bool {
        attempt == other.attempt && priority == other.priority && key == other.key && item == other.item
    }
}
