import Kata

extension MemoryTransaction {
    func edit(_ job: Job.ID, _ edit: JobEdit, at time: Timestamp) throws -> JobChange {
        guard let index = tables.index(of: job) else { throw StoreError.unknownJob(job) }
        let record = tables.jobs[index]
        if record.state.isFinal { throw StoreError.wrongState(job: job, state: record.state, action: "edit") }
        if edit.item != nil, record.state == .scheduled, tables.gatheredAlarms.values.contains(where: { $0.job == job })
        {
            throw StoreError.gathersFailures(job)
        }
        let isPending = record.state == .pending
        if isPending && edit.leavesPending(created: record.createdAt, due: record.runAt, now: time) {
            return change(index, to: .pending)
        }
        let newTime = edit.time(created: record.createdAt, due: record.runAt)
        if newTime != nil || isPending { tables.putOff[job] = time }
        let old = record.job
        var key = old.key
        if case .set(let new) = edit.key { key = new }
        var new = Job(
            id: old.id, runID: old.runID, item: edit.item ?? old.item, attempt: old.attempt,
            priority: edit.priority ?? old.priority, maxAttempts: old.maxAttempts, timeout: old.timeout, key: key,
            interruptions: old.interruptions)
        new.traceParent = old.traceParent
        if case .set(let trace) = edit.origin { new.traceParent = trace }
        var edited = JobRecord(
            job: new, pipeline: record.pipeline, state: record.state, uniqueKey: record.uniqueKey,
            runAt: newTime ?? (isPending ? time : record.runAt), error: record.error, createdAt: record.createdAt)
        edited.tags = record.tags
        edited.copyOf = record.copyOf
        tables.jobs[index] = edited
        if edit.item != nil { tables.checkpoints[job] = nil }
        let change = change(index, to: isPending ? .scheduled : record.state)
        return JobChange(
            job: job, attempt: change.attempt, priority: old.priority, runID: change.runID, pipeline: change.pipeline,
            old: change.old, new: change.new, runAt: change.runAt)
    }

    func saveCheckpoint(_ text: String, job: Job.ID, attempt: Int) throws {
        guard let index = tables.index(of: job), tables.jobs[index].state == .pending,
            tables.jobs[index].job.attempt == attempt
        else { return }
        tables.checkpoints[job] = text
    }

    func jobsWithCheckpoints(run: Run.ID) throws -> Set<Job.ID> {
        Set(tables.jobs.lazy.filter { $0.job.runID == run }.map(\.job.id).filter { self.tables.checkpoints[$0] != nil })
    }
}
