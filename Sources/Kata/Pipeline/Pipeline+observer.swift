import Logging
import Synchronization

extension Pipeline: JobObserver {
    func added(_ jobs: [NewJob], _ submitted: [SubmittedJob], to run: Run.ID) {
        // A run without a session gets one, which reads the jobs from the store.
        currentRun(run)?.session.added(jobs, submitted)
        runQueue.add(run)
    }

    func changed(_ change: JobChange) {
        let current = state.withLock { state in
            if let current = state.current, current.session.run.id == change.runID { return current as CurrentRun? }
            state.otherCounts.move(from: change.old, to: change.new)
            return nil
        }
        current?.changed(change)
        if change.new == .cancelled && configuration.source.followsJobs { tellSource(of: change) }
        // The job's run may have been finished, and was opened again for the job.
        if change.new == .scheduled && !takesNoMore.isOpen { runQueue.add(change.runID) }
    }

    func pauseChanged(_ isPaused: Bool) {
        if isPaused ? gate.shut() : gate.open() { logger.notice(isPaused ? "paused" : "resumed") }
    }

    var cancelledInHand: Set<Job.ID> {
        state.withLock { $0.current }?.session.cancelledInHand.all ?? []
    }

    /// The run of that id, if it is the one that the pipeline works on, or last worked on.
    func currentRun(_ run: Run.ID) -> CurrentRun? {
        state.withLock { state in state.current.flatMap { $0.session.run.id == run ? $0 : nil } }
    }

    private func tellSource(of change: JobChange) {
        // Nobody waits for the task: this is the recorder's thread, and the source may take its time.
        Task { [store, configuration, logger] in
            await configuration.source.tellEnd(of: change.job, in: store, logger: logger)
        }
    }
}
