import Logging

extension Pipeline {
    /// The entries of the pipeline's schedule, each with what the store keeps of it; none if it has no schedule.
    ///
    /// - Throws: what the store threw.
    public func schedule() async throws -> [(entry: ScheduledEntry, state: ScheduleEntryState)] {
        let entries = configuration.source.schedule
        if entries.isEmpty { return [] }
        let states = try await store.scheduleEntries(pipeline: name)
        return entries.map { entry in
            (entry, states.first { $0.entry == entry.name } ?? ScheduleEntryState(entry: entry.name))
        }
    }

    /// Adds a job of an entry now, also while the entry is paused.
    ///
    /// - Returns: the job's id.
    /// - Throws: ``PipelineError/unknownEntry(_:pipeline:known:)``; ``PipelineError/entryIsBusy(_:pipeline:job:)`` if the
    ///   entry's job before is not finished, where that is not to be; ``StoreFailure`` if the store takes no writes now;
    ///   ``RecorderFailure`` if it failed.
    public func runEntry(_ entryName: String) async throws -> Job.ID {
        let entry = try entry(entryName)
        let now = runtime.wallClock.now()
        var job = NewJob(item: entry.item(at: now))
        job.schedule = ScheduleMark(entry: entry.name, overlap: entry.overlap, isAskedFor: true)
        try job.check()
        let submission = IdempotentSubmission(jobs: [job], key: nil, time: now, configuration: configuration)
        let outcome = try await recorder.perform(waits: false) { transaction in
            try submission.run(transaction)
        } committed: { [observers = recorder.observers, name, job] outcome in
            guard case .added(let run, let submitted, _) = outcome else { return }
            observers[name]?.added([job], submitted, to: run)
        }
        let submitted = outcome.jobs[0]
        if submitted.isDuplicate { throw PipelineError.entryIsBusy(entryName, pipeline: name, job: submitted.id) }
        logger.info("a schedule's entry was asked for", metadata: ["entry": "\(entryName)", "job": "\(submitted.id)"])
        return submitted.id
    }

    /// Has an entry make no jobs until it is resumed, in this process or a later one; or resumes it. What its times would have
    /// been meanwhile is not made up for.
    ///
    /// - Throws: ``PipelineError/unknownEntry(_:pipeline:known:)``; ``StoreFailure`` if the store takes no writes now;
    ///   ``RecorderFailure`` if it failed.
    public func setPaused(_ isPaused: Bool, entry entryName: String) async throws {
        let entry = try entry(entryName)
        try await recorder.perform(waits: false) { [name, runtime] transaction in
            try transaction.setPaused(isPaused, entry: entry.name, pipeline: name, at: runtime.wallClock.now())
        }
        logger.notice(
            isPaused ? "a schedule's entry is paused" : "a schedule's entry is resumed",
            metadata: ["entry": "\(entryName)"])
    }

    private func entry(_ entryName: String) throws -> ScheduledEntry {
        let entries = configuration.source.schedule
        guard let entry = entries.first(where: { $0.name == entryName }) else {
            throw PipelineError.unknownEntry(entryName, pipeline: name, known: entries.map(\.name))
        }
        return entry
    }
}
