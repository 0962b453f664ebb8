extension JobSteering {
    /// Waits until a job is finished, or that time is over, or somebody opens the latch; returns at once if there is no such job.
    /// What it is then, is to be read from the store.
    ///
    /// - Parameters:
    ///   - job: of whatever pipeline.
    ///   - limit: how long to wait at the most.
    ///   - end: opened when the job is finished, too, so it is to be one of the caller's own.
    /// - Throws: what the store threw.
    public func waitForEnd(of job: Job.ID, within limit: Duration, unless end: Latch) async throws {
        let waiters = recorder.observers.waiters
        let ticket = waiters.add(end, for: job)
        defer { waiters.remove(ticket) }
        // Only now: who looks first might miss an end that comes in between.
        let found = try await store.jobs([job], textLimit: 0)
        guard let state = found.first?.state, !state.isFinal else { return }
        do {
            try await withCancellation(on: end) { [clock] in try await clock.sleep(for: limit) }
        } catch is CancellationError {
            // The job is finished, or nobody waits any more.
        }
    }
}
