/// A transaction of a ``MemoryJobStore``, on a copy of its tables.
final class MemoryTransaction: StoreTransaction {
    var tables: MemoryTables

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

    func startRun(pipeline: String, items: Int?, at time: Timestamp) throws -> Run {
        try checkIsFinished(pipeline)
        let run = Run(id: Run.ID(tables.runs.count + 1), pipeline: pipeline, items: items, startedAt: time)
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
        for job in tables.startedJobs {
            guard let index = tables.index(of: job), tables.jobs[index].job.runID == id else { continue }
            tables.jobs[index].job.interruptions += 1
            tables.startedJobs.remove(job)
        }
        let others = tables.runs.values.filter { $0.pipeline == run.pipeline && $0.id != id }
        return SessionStart(
            run: run,
            otherCounts: others.map(\.counts).reduce(JobCounts(), +),
            brokeOff: !tables.openSessions.insert(id).inserted,
            isPaused: tables.pausedPipelines.contains(run.pipeline)
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
            let limit = Timestamp(milliseconds: time.milliseconds - uniqueFor.nanoseconds / 1_000_000)
            let other = job.uniqueKey.flatMap { key in
                tables.jobs.last { record in
                    record.pipeline == pipeline && record.uniqueKey == key
                        && record.state != .cancelled
                        && (!record.state.isFinal || record.finishedAt.map { $0 > limit } ?? false)
                }
            }
            if let other { return SubmittedJob(id: other.job.id, state: nil) }
            return try insert(job, to: run, at: time)
        }
    }

    func submission(key: String, pipeline: String) throws -> Submission? {
        tables.submissions[.init(pipeline: pipeline, key: key)]?.submission
    }

    func saveSubmission(
        _ submission: Submission, key: String, pipeline: String, at time: Timestamp, forgettingBefore expiry: Timestamp
    ) throws {
        tables.submissions = tables.submissions.filter { $0.value.at >= expiry }
        tables.submissions[.init(pipeline: pipeline, key: key)] = (submission, time)
    }

    func markStarted(_ jobs: [Job.ID], at time: Timestamp) throws {
        for id in jobs {
            if let index = tables.index(of: id), tables.jobs[index].state == .pending { tables.startedJobs.insert(id) }
        }
    }

    func complete(_ completion: Completion) throws -> [JobChange]? {
        let job = completion.job
        guard let index = tables.index(of: job.id) else { return nil }
        let record = tables.jobs[index]
        guard record.job.attempt == job.attempt, record.job.runID == job.runID, record.state == .pending else {
            return nil
        }
        tables.startedJobs.remove(job.id)
        move(index, to: completion.outcome.state)
        switch completion.outcome {
        case .done:
            tables.jobs[index].finishedAt = completion.finishedAt
            tables.jobs[index].error = nil
            tables.results.append(
                JobResult(
                    id: (tables.results.last?.id ?? 0) + 1,
                    runID: job.runID,
                    consumerID: completion.consumerID,
                    item: record.job.item
                )
            )
            tables.lastResultJob = job.id
            tables.resultOfJob[job.id] = tables.results.last?.id
            addAttempt(completion, error: nil)
        case .failed(let reason):
            tables.jobs[index].finishedAt = completion.finishedAt
            tables.jobs[index].error = reason
            addAttempt(completion, error: reason)
        case .retry(let reason, let time):
            tables.jobs[index].job.attempt += 1
            tables.jobs[index].runAt = time
            tables.jobs[index].error = reason
            addAttempt(completion, error: reason)
        case .interrupted:
            tables.jobs[index].job.interruptions += 1
        case .aborted(let reason, let time):
            tables.jobs[index].job.interruptions += 1
            tables.jobs[index].runAt = time
            tables.jobs[index].error = reason
            addAttempt(completion, error: reason)
        }
        return settle(job.id, at: completion.finishedAt)
    }

    var hasUnsettled: Bool { false }

    func settleRest(at time: Timestamp) throws -> (changes: [JobChange], hasMore: Bool) { ([], false) }

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
        for index in due { move(index, to: .pending) }
        return due.map { tables.jobs[$0].job }
    }

    func cancel(_ job: Job.ID, at time: Timestamp) throws -> [JobChange] {
        guard let index = tables.index(of: job) else { throw StoreError.unknownJob(job) }
        let record = tables.jobs[index]
        if record.state.isFinal { throw StoreError.wrongState(job: job, state: record.state, action: "cancel") }
        tables.jobs[index].finishedAt = time
        tables.startedJobs.remove(job)
        tables.blockers[job] = nil
        return [change(index, to: .cancelled)] + settle(job, at: time)
    }

    func retry(_ job: Job.ID, at time: Timestamp) throws -> JobChange {
        guard let index = tables.index(of: job) else { throw StoreError.unknownJob(job) }
        let record = tables.jobs[index]
        switch record.state {
        case .failed, .cancelled:
            let other = record.uniqueKey.flatMap { key in
                tables.jobs.last { $0.pipeline == record.pipeline && $0.uniqueKey == key && !$0.state.isFinal }
            }
            if let other { throw StoreError.uniqueTaken(job: job, by: other.job.id) }
            tables.jobs[index].job.attempt += 1
        case .scheduled, .waiting: break
        case .pending, .done: throw StoreError.wrongState(job: job, state: record.state, action: "retry")
        }
        tables.blockers[job] = nil
        tables.jobs[index].job.interruptions = 0
        tables.jobs[index].runAt = time
        tables.jobs[index].finishedAt = nil
        return change(index, to: .scheduled)
    }

    func prune(_ jobs: [Job.ID], _ selection: PruneSelection) throws -> Int {
        let pruned = jobs.filter { id in
            tables.index(of: id).map { tables.isPrunable(tables.jobs[$0], selection) } ?? false
        }
        for id in pruned {
            guard let index = tables.index(of: id) else { continue }
            tables.jobs.remove(at: index)
            tables.attempts[id] = nil
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
        let job = Job(
            id: id, runID: run, item: new.item, priority: new.priority, maxAttempts: new.maxAttempts,
            timeout: new.timeout, key: new.key
        )
        var state: JobState = new.runAt.map { $0 > time } ?? false ? .scheduled : .pending
        var error: String?
        for blocker in new.after {
            guard let index = tables.index(of: blocker) else { throw StoreError.unknownJob(blocker) }
            switch tables.jobs[index].state {
            case .done: break
            case .failed, .cancelled:
                if new.when == .done { error = error ?? Self.reason(blocker, tables.jobs[index].state) }
            case .pending, .scheduled, .waiting:
                tables.blockers[id, default: []].insert(blocker)
                state = .waiting
            }
        }
        if error != nil {
            state = .cancelled
            tables.blockers[id] = nil
        }
        if new.when == .finished { tables.patientJobs.insert(id) }
        tables.jobs.append(
            JobRecord(
                job: job, pipeline: tables.runs[run]?.pipeline ?? "", state: state, uniqueKey: new.uniqueKey,
                runAt: new.runAt, error: error, createdAt: time, finishedAt: error == nil ? nil : time
            )
        )
        tables.runs[run]?.counts[state] += 1
        return SubmittedJob(id: id, state: state)
    }

    /// Lets those go on that wait for a job, if it is done, or cancels them, if it never will be.
    private func settle(_ job: Job.ID, at time: Timestamp) -> [JobChange] {
        guard let index = tables.index(of: job), tables.jobs[index].state.isFinal else { return [] }
        var changes: [JobChange] = []
        for (dependent, blockers) in tables.blockers.sorted(by: { $0.key < $1.key }) where blockers.contains(job) {
            guard let place = tables.index(of: dependent) else { continue }
            if tables.jobs[index].state == .done || tables.patientJobs.contains(dependent) {
                tables.blockers[dependent]?.remove(job)
                if tables.blockers[dependent]?.isEmpty == false { continue }
                tables.blockers[dependent] = nil
                tables.jobs[place].runAt = max(tables.jobs[place].runAt ?? time, time)
                changes.append(change(place, to: .scheduled))
            } else if tables.jobs[place].state == .waiting {
                tables.blockers[dependent] = nil
                tables.jobs[place].error = Self.reason(job, tables.jobs[index].state)
                tables.jobs[place].finishedAt = time
                changes.append(change(place, to: .cancelled))
                changes += settle(dependent, at: time)
            }
        }
        return changes
    }

    private static func reason(_ job: Job.ID, _ state: JobState) -> String {
        StoreError.blockerReason(job, state)
    }

    private func change(_ index: Int, to state: JobState) -> JobChange {
        let record = tables.jobs[index]
        move(index, to: state)
        return JobChange(
            job: record.job.id, attempt: record.job.attempt, priority: record.job.priority, runID: record.job.runID,
            pipeline: record.pipeline, old: record.state, new: state,
            runAt: state == .scheduled ? record.runAt : nil)
    }

    private func move(_ index: Int, to state: JobState) {
        let record = tables.jobs[index]
        tables.runs[record.job.runID]?.counts.move(from: record.state, to: state)
        tables.jobs[index].state = state
    }

    private func addAttempt(_ completion: Completion, error: String?) {
        tables.attempts[completion.job.id, default: []].append(
            Attempt(
                number: completion.job.attempt,
                consumerID: completion.consumerID,
                startedAt: completion.startedAt,
                finishedAt: completion.finishedAt,
                error: error,
                output: completion.output
            )
        )
    }
}
