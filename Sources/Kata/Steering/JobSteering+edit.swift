/// Changes of what a job is.
extension JobSteering {
    /// Changes a job that has not begun. A job that was on the queue has gone through it for nothing: it comes back as it is now,
    /// in the place that its id and its priority give it among those that are not on the queue.
    ///
    /// - Returns: the change.
    /// - Throws: ``JobFault`` if the edit is beyond the limits of ``NewJob``; ``StoreError/unknownJob(_:)``;
    ///   ``StoreError/begun(_:)`` if a handler has the job in hand; ``StoreError/wrongState(job:state:action:)`` if it is finished;
    ///   what the store threw; ``RecorderFailure`` if it failed.
    @discardableResult
    public func edit(_ job: Job.ID, _ edit: JobEdit) async throws -> JobChange {
        try edit.check()
        for _ in 0..<Self.editAttempts {
            guard let record = try await store.jobs([job], textLimit: 0).first else { throw StoreError.unknownJob(job) }
            let observer = recorder.observers[record.pipeline]
            let watch = observer?.watch(job, run: record.job.runID)
            if observer != nil && watch == nil && !record.state.isFinal { throw StoreError.begun(job) }
            defer { if let watch { observer?.unwatch(watch) } }
            let time = wallClock.now()
            let change = try await recorder.perform(waits: false) { transaction -> JobChange? in
                if let observer, let watch, !observer.isUnbegun(watch) { return nil }
                return try transaction.attempt { try transaction.edit(job, edit, at: time) }
            } committed: { [observers = recorder.observers] change in
                if let change { observers.tell([change]) }
            }
            if let change { return change }
        }
        throw StoreError.begun(job)
    }

    /// Changes jobs as far as they have not begun and are not finished; others are left as they are. Mostly it is one transaction.
    func editUnbegun(_ edits: [(job: Job.ID, edit: JobEdit)]) async throws {
        let records = try await store.jobs(edits.map(\.job), textLimit: 0)
        var watches: [Job.ID: (observer: any JobObserver, watch: JobWatch)] = [:]
        for record in records where watches[record.job.id] == nil {
            guard let observer = recorder.observers[record.pipeline],
                let watch = observer.watch(record.job.id, run: record.job.runID)
            else { continue }
            watches[record.job.id] = (observer, watch)
        }
        defer { for (observer, watch) in watches.values { observer.unwatch(watch) } }
        let time = wallClock.now()
        let rest = try await recorder.perform(waits: false) { [watches] transaction in
            var changes: [JobChange] = []
            var rest: [Int] = []
            for (index, (job, edit)) in edits.enumerated() {
                guard let (observer, watch) = watches[job], observer.isUnbegun(watch) else {
                    rest.append(index)
                    continue
                }
                do {
                    changes.append(try transaction.attempt { try transaction.edit(job, edit, at: time) })
                } catch let refusal as StoreError where [.wrongState, .unknownJob].contains(refusal.code) {
                    continue
                }
            }
            return (changes: changes, rest: rest)
        } committed: { [observers = recorder.observers] result in
            observers.tell(result.changes)
        }.rest
        for index in rest {
            do {
                try await edit(edits[index].job, edits[index].edit)
            } catch let refusal as StoreError where [.begun, .wrongState, .unknownJob].contains(refusal.code) {
                continue
            }
        }
    }

    /// How many times an edit is begun anew because a copy of the job was taken in hand meanwhile, or another session began.
    private static let editAttempts = 10

    /// Adds a copy of a failed or cancelled job with changes, at its first attempt, to the same run.
    ///
    /// - Returns: the copy.
    /// - Throws: ``JobFault`` if the edit is beyond the limits of ``NewJob``; ``StoreError/unknownJob(_:)``;
    ///   ``StoreError/wrongState(job:state:action:)`` if the job is neither failed nor cancelled;
    ///   ``StoreError/uniqueTaken(job:by:)`` if another job has its unique key; what the store threw; ``RecorderFailure`` if it
    ///   failed.
    public func retryCopy(of job: Job.ID, _ edit: JobEdit) async throws -> Job.ID {
        try edit.check()
        guard let record = try await store.job(job) else { throw StoreError.unknownJob(job) }
        switch record.state {
        case .failed, .cancelled: break
        case .pending, .scheduled, .waiting, .done:
            throw StoreError.wrongState(job: job, state: record.state, action: "retry")
        }
        let copy = edit.copy(of: record)
        let (run, pipeline, time) = (record.job.runID, record.pipeline, wallClock.now())
        let submitted = try await recorder.perform(waits: false) { [observers = recorder.observers] transaction in
            transaction.keepUniqueKeys(of: observers.cancelledInHand)
            return try transaction.attempt {
                let submitted = try transaction.submit([copy], to: run, uniqueFor: .zero, at: time)
                if let other = submitted.first, other.isDuplicate {
                    throw StoreError.uniqueTaken(job: job, by: other.id)
                }
                try transaction.reopenRun(run)
                return submitted
            }
        } committed: { [observers = recorder.observers] submitted in
            observers[pipeline]?.added([copy], submitted, to: run)
        }
        return submitted[0].id
    }
}
