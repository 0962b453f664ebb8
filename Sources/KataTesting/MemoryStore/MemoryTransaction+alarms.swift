import Kata

extension MemoryTransaction {
    func origin(of job: Job.ID) throws -> JobOrigin? {
        tables.index(of: job).map { index in
            JobOrigin(
                createdAt: tables.jobs[index].createdAt, isAlarm: tables.alarms[job] != nil,
                entry: tables.entryOfJob[job])
        }
    }

    func saveAlarm(_ job: Job.ID, of pipeline: String, _ kind: AlarmKind) throws {
        tables.alarms[job] = kind
    }

    func gatheredAlarm(of pipeline: String) throws -> GatheredAlarm? {
        guard let alarm = tables.gatheredAlarms[pipeline] else { return nil }
        let record = tables.index(of: alarm.job).map { tables.jobs[$0] }
        let isWaiting = record?.state == .scheduled && record?.job.attempt == 1 && record?.job.interruptions == 0
        return GatheredAlarm(
            job: alarm.job, target: record?.pipeline ?? "", dueAt: alarm.dueAt, isWaiting: isWaiting,
            failures: alarm.failures)
    }

    func saveGathered(_ alarm: GatheredAlarm, of pipeline: String) throws {
        tables.gatheredAlarms[pipeline] = alarm
    }

    func extendAlarm(of pipeline: String, _ failures: GatheredFailures, item: String) throws {
        tables.gatheredAlarms[pipeline]?.failures = failures
        guard let alarm = tables.gatheredAlarms[pipeline], let index = tables.index(of: alarm.job),
            tables.jobs[index].state == .scheduled
        else { return }
        let old = tables.jobs[index]
        var job = old.job
        job.item = item
        tables.jobs[index] = JobRecord(
            job: job, pipeline: old.pipeline, state: old.state, uniqueKey: old.uniqueKey, runAt: old.runAt,
            error: old.error, createdAt: old.createdAt, finishedAt: old.finishedAt, cancelledWith: old.cancelledWith)
    }

    func noteFailure(of job: Job.ID, scope: String, pipeline: String, at time: Timestamp) throws {
        let part = MemoryTables.NamedPart(pipeline: pipeline, name: scope)
        let before = tables.openFailures[part]
        tables.openFailures[part] = OpenFailure(
            job: job, since: before?.since ?? time, count: (before?.count ?? 0) + 1)
    }

    func hasOpenFailures(pipeline: String) throws -> Bool {
        tables.openFailures.keys.contains { $0.pipeline == pipeline }
    }

    func takeOpenFailure(scope: String, pipeline: String) throws -> OpenFailure? {
        tables.openFailures.removeValue(forKey: .init(pipeline: pipeline, name: scope))
    }

    func expectations(scopes: [String], pipeline: String, at now: Timestamp) throws -> [Expectation] {
        scopes.map { scope in
            let part = MemoryTables.NamedPart(pipeline: pipeline, name: scope)
            let found = tables.expectations[part] ?? Expectation(scope: scope, since: now, isTold: false)
            tables.expectations[part] = found
            return found
        }
    }

    func noteOverdue(scope: String, pipeline: String) throws {
        let part = MemoryTables.NamedPart(pipeline: pipeline, name: scope)
        guard let found = tables.expectations[part] else { return }
        tables.expectations[part] = Expectation(scope: scope, since: found.since, isTold: true)
    }

    func noteSuccess(scope: String, pipeline: String, at time: Timestamp) throws {
        let part = MemoryTables.NamedPart(pipeline: pipeline, name: scope)
        tables.expectations[part] = Expectation(scope: scope, since: time, isTold: false)
    }

    func setPaused(_ isPaused: Bool, entry: String, pipeline: String, at time: Timestamp) throws {
        let part = MemoryTables.NamedPart(pipeline: pipeline, name: entry)
        var state = tables.scheduleEntries[part] ?? (nil, nil)
        state.pausedAt = isPaused ? state.pausedAt ?? time : nil
        tables.scheduleEntries[part] = state
    }

    /// The job of an entry because of which another one is not added, 0 if it is because of none; or the job behind which it
    /// begins; neither if nothing stands in its way.
    func verdict(on mark: ScheduleMark, pipeline: String) -> (left: Job.ID?, behind: Job.ID?) {
        guard let state = tables.scheduleEntries[.init(pipeline: pipeline, name: mark.entry)] else { return (nil, nil) }
        if state.pausedAt != nil && !mark.isAskedFor { return (state.lastJob ?? 0, nil) }
        guard let last = state.lastJob, let index = tables.index(of: last), !tables.jobs[index].state.isFinal else {
            return (nil, nil)
        }
        switch mark.overlap {
        case .skip: return (last, nil)
        case .queue: return (nil, last)
        case .allow: return (nil, nil)
        }
    }

    func keep(_ job: Job.ID, of entry: String, pipeline: String) {
        tables.entryOfJob[job] = entry
        let part = MemoryTables.NamedPart(pipeline: pipeline, name: entry)
        tables.scheduleEntries[part] = (tables.scheduleEntries[part]?.pausedAt, job)
    }
}
