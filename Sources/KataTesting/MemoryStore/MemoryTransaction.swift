import Kata

/// A transaction of a ``MemoryJobStore``, on a copy of its tables.
final class MemoryTransaction: StoreTransaction {
    var tables: MemoryTables
    private(set) var keyHolders: Set<Job.ID> = []

    init(tables: MemoryTables) {
        self.tables = tables
    }

    func attempt<Result>(_ body: () throws -> Result) throws -> Result {
        let before = tables
        do {
            return try body()
        } catch {
            tables = before
            throw error
        }
    }

    func keepUniqueKeys(of jobs: Set<Job.ID>) {
        keyHolders.formUnion(jobs)
    }

    func startRun(pipeline: String, items: Int?, at time: Timestamp) throws -> Run {
        try checkIsFinished(pipeline)
        let number = tables.runs.values.count { $0.pipeline == pipeline } + 1
        let run = Run(
            id: Run.ID(tables.runs.count + 1), pipeline: pipeline, number: number, items: items, startedAt: time)
        tables.runs[run.id] = run
        return run
    }

    func reopenRun(_ id: Run.ID) throws {
        guard let run = tables.runs[id] else { throw StoreError.unknownRun(id) }
        if run.finishedAt == nil { return }
        try checkIsFinished(run.pipeline)
        tables.runs[id]?.finishedAt = nil
    }

    func beginSession(run id: Run.ID) throws -> SessionStart {
        guard let run = tables.runs[id] else { throw StoreError.unknownRun(id) }
        var interrupted = 0
        for job in tables.startedJobs {
            guard let index = tables.index(of: job), tables.jobs[index].job.runID == id else { continue }
            tables.jobs[index].job.interruptions += 1
            tables.startedJobs.remove(job)
            interrupted += 1
        }
        let others = tables.runs.values.filter { $0.pipeline == run.pipeline && $0.id != id }
        return SessionStart(
            run: run,
            otherCounts: others.map(\.counts).reduce(JobCounts(), +),
            brokeOff: !tables.openSessions.insert(id).inserted,
            isPaused: tables.pausedPipelines.contains(run.pipeline),
            interrupted: interrupted
        )
    }

    func endSession(run id: Run.ID, elapsed: Duration, at time: Timestamp) throws -> Bool {
        guard var run = tables.runs[id] else { throw StoreError.unknownRun(id) }
        tables.openSessions.remove(id)
        run.elapsed = elapsed
        let isFinished = run.progress == .exhausted && run.counts.unfinished == 0
        if isFinished { run.finishedAt = time }
        tables.runs[id] = run
        return isFinished
    }

    func unfinishedRun(pipeline: String) throws -> Run.ID? {
        tables.unfinishedRun(pipeline: pipeline)?.id
    }

    func add(items: [String], to run: Run.ID, progress: SourceProgress, at time: Timestamp) throws {
        guard tables.runs[run] != nil else { throw StoreError.unknownRun(run) }
        for item in items { try insert(NewJob(item: item), to: run, at: time) }
        tables.runs[run]?.progress = progress
    }

    func submit(_ jobs: [NewJob], to run: Run.ID, uniqueFor: Duration, at time: Timestamp) throws -> [SubmittedJob] {
        guard let pipeline = tables.runs[run]?.pipeline else { throw StoreError.unknownRun(run) }
        return try jobs.map { job in
            let window = uniqueFor.nanoseconds / 1_000_000
            let limit = Timestamp(milliseconds: time.milliseconds - window)
            let ahead = Timestamp(milliseconds: time.milliseconds + max(window, 60_000))
            let other = job.uniqueKey.flatMap { key in
                tables.jobs.last { record in
                    record.pipeline == pipeline && record.uniqueKey == key
                        && (record.state != .cancelled || keyHolders.contains(record.job.id))
                        && (!record.state.isFinal || record.state == .cancelled
                            || record.finishedAt.map { $0 > limit && $0 <= ahead } ?? false)
                }
            }
            let same = job.uniqueStem.flatMap { stem in
                tables.jobs.last { record in
                    record.pipeline == pipeline && !record.state.isFinal && record.job.item == job.item
                        && record.uniqueKey?.hasPrefix(stem) ?? false
                }
            }
            if let other = other ?? same { return SubmittedJob(id: other.job.id, state: nil) }
            guard let mark = job.schedule else { return try insert(job, to: run, at: time) }
            let verdict = verdict(on: mark, pipeline: pipeline)
            if let left = verdict.left { return SubmittedJob(id: left, state: nil) }
            var job = job
            if let behind = verdict.behind {
                job.after = [behind]
                job.when = .finished
            }
            let submitted = try insert(job, to: run, at: time)
            keep(submitted.id, of: mark.entry, pipeline: pipeline)
            return submitted
        }
    }

    func submission(key: String, pipeline: String) throws -> Submission? {
        tables.submissions[.init(pipeline: pipeline, key: key)]?.submission
    }

    func drawBack(run: Run.ID, to now: Timestamp) throws -> Int {
        let limit = now.advanced(by: Timestamp.clockTolerance)
        guard let first = tables.runs[1]?.startedAt, first <= now else { return 0 }
        for (name, entry) in tables.submissions where entry.at > limit {
            tables.submissions[name] = (entry.submission, now)
        }
        var count = 0
        for index in tables.jobs.indices {
            let record = tables.jobs[index]
            guard record.job.runID == run, let due = record.runAt, due > now,
                let start = tables.putOff[record.job.id], start > limit
            else { continue }
            tables.jobs[index].runAt = now.advanced(by: .milliseconds(max(0, due.milliseconds - start.milliseconds)))
            tables.putOff[record.job.id] = now
            count += 1
        }
        return count
    }

    func retentionClock(pipeline: String) throws -> RetentionClock {
        tables.retentionClocks[pipeline] ?? RetentionClock()
    }

    func saveRetentionClock(_ clock: RetentionClock, pipeline: String) throws {
        tables.retentionClocks[pipeline] = clock
    }

    func drawBackEnds(of jobs: [Job.ID], after limit: Timestamp, to time: Timestamp) throws -> Int {
        var count = 0
        for id in jobs {
            guard let index = tables.index(of: id), let end = tables.jobs[index].finishedAt, end > limit else {
                continue
            }
            tables.jobs[index].finishedAt = time
            count += 1
            guard let result = tables.results.firstIndex(where: { $0.id == tables.resultOfJob[id] }) else { continue }
            let old = tables.results[result]
            tables.results[result] = JobResult(
                id: old.id, runID: old.runID, consumerID: old.consumerID, item: old.item, jobID: old.jobID,
                pipeline: old.pipeline, attempt: old.attempt, startedAt: min(old.startedAt, time), finishedAt: time)
        }
        return count
    }

    func saveSubmission(
        _ submission: Submission, key: String, pipeline: String, at time: Timestamp, forgettingBefore expiry: Timestamp
    ) throws {
        tables.submissions = tables.submissions.filter { $0.value.at >= expiry }
        tables.submissions[.init(pipeline: pipeline, key: key)] = (submission, time)
    }

    var hasUnresolvedDependents: Bool { false }

    func resolveMoreDependents(at time: Timestamp) throws -> (changes: [JobChange], hasMore: Bool) { ([], false) }

    func prune(_ jobs: [Job.ID], _ selection: PruneSelection) throws -> Int {
        let pruned = jobs.filter { id in
            tables.index(of: id).map { tables.isPrunable(tables.jobs[$0], selection) } ?? false
        }
        for id in pruned {
            guard let index = tables.index(of: id) else { continue }
            tables.jobs.remove(at: index)
            tables.attempts[id] = nil
            tables.outputs.removeAll { $0.job == id }
            tables.alarms[id] = nil
            tables.entryOfJob[id] = nil
            tables.checkpoints[id] = nil
            if let result = tables.resultOfJob.removeValue(forKey: id) { tables.results.removeAll { $0.id == result } }
        }
        return pruned.count
    }

    func setPaused(_ isPaused: Bool, pipeline: String, at time: Timestamp) throws {
        if isPaused { tables.pausedPipelines.insert(pipeline) } else { tables.pausedPipelines.remove(pipeline) }
    }

    func saveDrain(_ receipt: DrainReceipt, of pipeline: String) throws {
        tables.drains[pipeline] = receipt
    }

    private func checkIsFinished(_ pipeline: String) throws {
        if let run = tables.unfinishedRun(pipeline: pipeline) {
            throw StoreError.runUnfinished(pipeline: pipeline, run: run.id)
        }
    }

    @discardableResult
    private func insert(_ new: NewJob, to run: Run.ID, at time: Timestamp) throws -> SubmittedJob {
        let id = (tables.jobs.last?.job.id ?? 0) + 1
        let job = new.job(id: id, run: run)
        let isPutOff = new.runAt.map { $0 > time } ?? false
        var state: JobState = isPutOff ? .scheduled : .pending
        var error: String?
        var cancelledWith: Job.ID?
        for blocker in new.after {
            guard let index = tables.index(of: blocker) else { throw StoreError.unknownJob(blocker) }
            switch tables.jobs[index].state {
            case .done: break
            case .failed, .cancelled:
                if new.when == .done && error == nil {
                    error = StoreError.blockerReason(blocker, tables.jobs[index].state)
                    cancelledWith = blocker
                }
            case .pending, .scheduled, .waiting:
                tables.blockers[id, default: []].insert(blocker)
                state = .waiting
            }
        }
        if error != nil {
            state = .cancelled
            tables.blockers[id] = nil
        }
        if let failure = new.failure {
            error = failure
            cancelledWith = nil
            state = .failed
        }
        if isPutOff && !state.isFinal { tables.putOff[id] = time }
        if new.when == .finished { tables.patientJobs.insert(id) }
        var record = JobRecord(
            job: job, pipeline: tables.runs[run]?.pipeline ?? "", state: state, uniqueKey: new.uniqueKey,
            runAt: new.runAt, error: error, createdAt: time, finishedAt: error == nil ? nil : time,
            cancelledWith: cancelledWith
        )
        record.tags = new.tags.sorted()
        record.copyOf = new.copyOf
        tables.jobs.append(record)
        tables.runs[run]?.counts[state] += 1
        if let original = new.copyOf {
            tables.alarms[id] = tables.alarms[original]
            if let entry = tables.entryOfJob[original] { keep(id, of: entry, pipeline: record.pipeline) }
        }
        return SubmittedJob(id: id, state: state)
    }
}
