import Kata

extension MemoryTransaction {
    func promote(run: Run.ID, dueBy time: Timestamp, limit: Int) throws -> [Job] {
        let due = tables.jobs.indices
            .filter { index in
                let record = tables.jobs[index]
                return record.job.runID == run && record.state == .scheduled && record.runAt.map { $0 <= time } ?? false
            }
            .sorted { left, right in
                (tables.jobs[left].runAt ?? time, left) < (tables.jobs[right].runAt ?? time, right)
            }
            .prefix(limit)
        for index in due {
            move(index, to: .pending)
            tables.putOff[tables.jobs[index].job.id] = nil
        }
        return due.map { tables.jobs[$0].readyJob }
    }

    func cancel(_ job: Job.ID, at time: Timestamp) throws -> [JobChange] {
        guard let index = tables.index(of: job) else { throw StoreError.unknownJob(job) }
        let record = tables.jobs[index]
        if record.state.isFinal { throw StoreError.wrongState(job: job, state: record.state, action: "cancel") }
        tables.jobs[index].finishedAt = time
        tables.putOff[job] = nil
        tables.startedJobs.remove(job)
        tables.blockers[job] = nil
        return [change(index, to: .cancelled)] + resolveDependents(of: job, at: time)
    }

    func retry(_ job: Job.ID, at time: Timestamp) throws -> JobChange {
        guard let index = tables.index(of: job) else { throw StoreError.unknownJob(job) }
        let record = tables.jobs[index]
        switch record.state {
        case .failed, .cancelled:
            try checkIsUnique(record)
            tables.jobs[index].job.attempt += 1
        case .scheduled, .waiting: break
        case .pending, .done: throw StoreError.wrongState(job: job, state: record.state, action: "retry")
        }
        tables.blockers[job] = nil
        tables.jobs[index].job.interruptions = 0
        tables.jobs[index].runAt = time
        tables.putOff[job] = time
        tables.jobs[index].finishedAt = nil
        tables.jobs[index].exitCode = nil
        tables.jobs[index].cancelledWith = nil
        return change(index, to: .scheduled)
    }

    func retry(_ job: Job.ID, after blockers: Set<Job.ID>, at time: Timestamp) throws -> JobChange {
        guard let index = tables.index(of: job) else { throw StoreError.unknownJob(job) }
        let record = tables.jobs[index]
        if record.state != .cancelled { throw StoreError.wrongState(job: job, state: record.state, action: "retry") }
        try checkIsUnique(record)
        var open: Set<Job.ID> = []
        for blocker in blockers.sorted() {
            guard let place = tables.index(of: blocker) else { throw StoreError.unknownJob(blocker) }
            let state = tables.jobs[place].state
            if state == .failed || state == .cancelled {
                throw StoreError.wrongState(job: blocker, state: state, action: "wait for")
            }
            if !state.isFinal { open.insert(blocker) }
        }
        if open.isEmpty { return try retry(job, at: time) }
        tables.blockers[job] = open
        tables.patientJobs.remove(job)
        tables.jobs[index].job.attempt += 1
        tables.jobs[index].job.interruptions = 0
        tables.jobs[index].finishedAt = nil
        tables.jobs[index].exitCode = nil
        tables.jobs[index].cancelledWith = nil
        return change(index, to: .waiting)
    }

    private func checkIsUnique(_ record: JobRecord) throws {
        let other = record.uniqueKey.flatMap { key in
            tables.jobs.last {
                $0.pipeline == record.pipeline && $0.uniqueKey == key
                    && (!$0.state.isFinal
                        || $0.state == .cancelled && keyHolders.contains($0.job.id) && $0.job.id != record.job.id)
            }
        }
        if let other { throw StoreError.uniqueTaken(job: record.job.id, by: other.job.id) }
    }

    /// Resolves the dependents of a finished job: they go on, or they are cancelled, if they wait for the job to be
    /// done and it never will be.
    func resolveDependents(of job: Job.ID, at time: Timestamp) -> [JobChange] {
        guard let index = tables.index(of: job), tables.jobs[index].state.isFinal else { return [] }
        var changes: [JobChange] = []
        for (dependent, blockers) in tables.blockers.sorted(by: { $0.key < $1.key }) where blockers.contains(job) {
            guard let place = tables.index(of: dependent) else { continue }
            if tables.jobs[index].state == .done || tables.patientJobs.contains(dependent) {
                tables.blockers[dependent]?.remove(job)
                if tables.blockers[dependent]?.isEmpty == false { continue }
                tables.blockers[dependent] = nil
                if tables.jobs[place].runAt.map({ $0 <= time }) ?? true {
                    tables.jobs[place].runAt = time
                    tables.putOff[dependent] = time
                } else if tables.putOff[dependent] == nil {
                    tables.putOff[dependent] = tables.jobs[place].createdAt
                }
                changes.append(change(place, to: .scheduled))
            } else if tables.jobs[place].state == .waiting {
                tables.blockers[dependent] = nil
                tables.jobs[place].error = StoreError.blockerReason(job, tables.jobs[index].state)
                tables.jobs[place].cancelledWith = job
                tables.jobs[place].finishedAt = time
                tables.putOff[dependent] = nil
                changes.append(change(place, to: .cancelled))
                changes += resolveDependents(of: dependent, at: time)
            }
        }
        return changes
    }

    func change(_ index: Int, to state: JobState) -> JobChange {
        let record = tables.jobs[index]
        move(index, to: state)
        return JobChange(
            job: record.job.id, attempt: record.job.attempt, priority: record.job.priority, runID: record.job.runID,
            pipeline: record.pipeline, old: record.state, new: state,
            runAt: state == .scheduled ? record.runAt : nil)
    }

    func move(_ index: Int, to state: JobState) {
        let record = tables.jobs[index]
        tables.runs[record.job.runID]?.counts.move(from: record.state, to: state)
        tables.jobs[index].state = state
    }
}
