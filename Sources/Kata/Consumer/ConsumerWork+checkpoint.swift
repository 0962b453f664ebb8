/// What a job has left for its next attempt.
extension ConsumerWork {
    /// Whether an earlier attempt may have left something. What those of other nodes have left is not known here.
    func mayHaveCheckpoint(_ job: Job) -> Bool {
        session.checkpoints.isStored(job.id) || session.isShared && (job.attempt > 1 || job.interruptions > 0)
    }

    /// Gives the job that was begun what an earlier attempt has left.
    ///
    /// - Throws: ``JobFailure``, which costs no attempt, if the store can't be read; `CancellationError`.
    @inline(never)
    func giveCheckpoint(_ consumer: Consumer) async throws {
        do {
            if let text = try await store.checkpoint(job: consumer.job.id) { consumer.report.giveCheckpoint(text) }
        } catch let error where !(error is CancellationError) {
            throw JobFailure("its checkpoint can't be read: \(error)", retry: .unavailable)
        }
    }

    /// Has the store know of the last checkpoint before the outcome of the attempt.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed.
    @inline(never)
    func settleCheckpoint(_ completion: Completion) async throws {
        switch completion.outcome {
        case .done: session.checkpoints.forget(completion.job.id)
        case .failed, .retry, .cutOff, .interrupted, .postponed:
            let job = completion.job.id
            if session.checkpoints.hasUnsaved(job) { try await session.checkpoints.save(job, recorder) }
        }
    }
}
