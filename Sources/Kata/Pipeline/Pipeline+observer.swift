import Logging
import Synchronization

extension Pipeline: JobObserver {
    func added(_ jobs: [NewJob], _ submitted: [SubmittedJob], to run: Run.ID) {
        let duplicates = submitted.count(where: \.isDuplicate)
        metrics.added(submitted.count - duplicates, at: runtime.wallClock.now())
        metrics.foundDuplicates(duplicates)
        let events = recorder.events
        if events.areRead { events.added(jobs, submitted, pipeline: name, at: runtime.wallClock.now()) }
        let current = currentRun(run) { $0 = $0 + JobCounts(submitted) }
        // A run without a session gets one, which reads the jobs from the store.
        current?.session.added(jobs, submitted)
        runQueue.add(run)
    }

    func changed(_ change: JobChange) {
        let current = currentRun(change.runID) { $0.move(from: change.old, to: change.new) }
        // Before anybody acts on it, who would tell of that.
        if recorder.events.areRead { recorder.events.changed(change, at: runtime.wallClock.now()) }
        current?.changed(change)
        if change.new == .cancelled { metrics.cancelled() }
        if change.new == .cancelled && configuration.source.followsJobs { tellSource(of: change) }
        // The job's run may have been finished, and was opened again for the job.
        if change.new == .scheduled && !takesNoMore.isOpen { runQueue.add(change.runID) }
    }

    func watch(_ job: Job.ID, run: Run.ID) -> JobWatch? {
        guard let current = currentRun(run) else { return JobWatch(job: job, run: run, session: nil, begins: 0) }
        // First the watch, and then the look at who has begun.
        let editedJobs = current.session.editedJobs
        if editedJobs.areMany { forgetEditedJobs(current) }
        let begins = editedJobs.watch(job)
        if current.pool.consumers.contains(where: { $0.hasBegun(job) }) {
            editedJobs.unwatch(job)
            return nil
        }
        return JobWatch(job: job, run: run, session: ObjectIdentifier(current.session), begins: begins)
    }

    func unwatch(_ watch: JobWatch) {
        guard let session = currentRun(watch.run)?.session, ObjectIdentifier(session) == watch.session else { return }
        session.editedJobs.unwatch(watch.job)
    }

    private func forgetEditedJobs(_ current: CurrentRun) {
        let session = current.session
        // In this order, so that it is not too many.
        let produced = session.progress.putOnQueue
        let taken = produced - (session.gauge?.depth ?? 0)
        session.editedJobs.sweep(taken: taken, inHand: Set(current.pool.consumers.compactMap(\.jobInHand)))
    }

    func isUnbegun(_ watch: JobWatch) -> Bool {
        let session = currentRun(watch.run)?.session
        guard session.map(ObjectIdentifier.init) == watch.session else { return false }
        return session?.editedJobs.isUnbegun(watch.job, since: watch.begins) ?? true
    }

    func pauseChanged(_ isPaused: Bool) {
        heard.withLock { $0.pauseChanges += 1 }
        if isPaused ? gate.shut() : gate.open() { logger.notice(isPaused ? "paused" : "resumed") }
    }

    var cancelledInHand: Set<Job.ID> {
        state.withLock { $0.current }?.session.cancelledInHand.all ?? []
    }

    /// The run of that id, if it is the one that the pipeline works on, or last worked on.
    func currentRun(_ run: Run.ID) -> CurrentRun? {
        state.withLock { state in state.current.flatMap { $0.session.run.id == run ? $0 : nil } }
    }

    /// The same; if it is another one, its counts are changed with those of all others.
    private func currentRun(_ run: Run.ID, orChange body: (inout JobCounts) -> Void) -> CurrentRun? {
        state.withLock { state in
            if let current = state.current, current.session.run.id == run { return current }
            body(&state.otherCounts)
            return nil
        }
    }

    private func tellSource(of change: JobChange) {
        // Nobody waits for the task: this is the recorder's thread, and the source may take its time.
        Task(executorPreference: runtime.executor) {
            [store, configuration, logger, runtime, node = shared?.node] in
            await configuration.source.tellEnd(
                of: change.job, in: store, from: node, executor: runtime.executor, logger: logger)
        }
    }
}
