import Kata

extension MemoryTransaction {
    func markStarted(_ jobs: [Job.ID], at time: Timestamp) throws {
        for id in jobs {
            if let index = tables.index(of: id), tables.jobs[index].state == .pending { tables.startedJobs.insert(id) }
        }
    }

    func saveStart(pipeline: String, key: String?, at time: Timestamp, forgettingBefore expiry: Timestamp) throws {
        var starts = tables.starts[pipeline] ?? LastStarts()
        starts.latest = time
        if let key {
            starts.keys = starts.keys.filter { $0.value >= expiry }
            starts.keys[key] = time
        }
        tables.starts[pipeline] = starts
    }

    func lastStarts(pipeline: String, since time: Timestamp) throws -> LastStarts {
        let starts = tables.starts[pipeline] ?? LastStarts()
        let keys = starts.keys.filter { $0.value >= time }.sorted { $0.value > $1.value }.prefix(LastStarts.keyLimit)
        return LastStarts(
            latest: starts.latest.flatMap { $0 >= time ? $0 : nil },
            keys: Dictionary(keys.map { ($0.key, $0.value) }) { first, _ in first })
    }

    func complete(_ completions: [Completion]) throws -> [CompletionEffect?] { completions.map(record) }

    private func record(_ completion: Completion) -> CompletionEffect? {
        let job = completion.job
        guard let index = tables.index(of: job.id) else { return nil }
        let record = tables.jobs[index]
        guard record.job.attempt == job.attempt, record.job.runID == job.runID, record.state == .pending else {
            return nil
        }
        tables.startedJobs.remove(job.id)
        let waited = max(record.createdAt, record.runAt ?? record.createdAt).duration(to: completion.startedAt)
        if completion.outcome == .done && completion.hasCheckpoint { tables.checkpoints[job.id] = nil }
        move(index, to: completion.outcome.state)
        if completion.outcome.state == .scheduled { tables.putOff[job.id] = completion.finishedAt }
        switch completion.outcome {
        case .done:
            tables.lastSuccesses[record.pipeline] = max(
                completion.finishedAt, tables.lastSuccesses[record.pipeline] ?? completion.finishedAt)
            tables.jobs[index].finishedAt = completion.finishedAt
            tables.jobs[index].error = nil
            tables.results.append(
                JobResult(
                    id: (tables.results.last?.id ?? 0) + 1,
                    runID: job.runID,
                    consumerID: completion.consumerID,
                    item: record.job.item,
                    jobID: job.id,
                    pipeline: record.pipeline,
                    attempt: job.attempt,
                    startedAt: completion.startedAt,
                    finishedAt: completion.finishedAt
                )
            )
            tables.lastResultJob = job.id
            tables.resultOfJob[job.id] = tables.results.last?.id
            addAttempt(completion, error: nil, waited)
        case .failed(let reason):
            tables.jobs[index].finishedAt = completion.finishedAt
            tables.jobs[index].error = reason
            tables.jobs[index].exitCode = completion.exitCode
            addAttempt(completion, error: reason, waited)
        case .retry(let reason, let time):
            tables.jobs[index].job.attempt += 1
            tables.jobs[index].runAt = time
            tables.jobs[index].error = reason
            addAttempt(completion, error: reason, waited)
        case .cutOff: break
        case .interrupted(let reason, let time):
            tables.jobs[index].job.interruptions += 1
            tables.jobs[index].runAt = time
            tables.jobs[index].error = reason
            addAttempt(completion, error: reason, waited)
        case .postponed(let reason, let time):
            tables.jobs[index].runAt = time
            tables.jobs[index].error = reason
        }
        return CompletionEffect(
            changes: resolveDependents(of: job.id, at: completion.finishedAt),
            waited: completion.cost == nil ? nil : max(.zero, waited))
    }

    private func addAttempt(_ completion: Completion, error: String?, _ waited: Duration) {
        tables.attempts[completion.job.id, default: []].append(
            Attempt(
                number: completion.job.attempt,
                consumerID: completion.consumerID,
                startedAt: completion.startedAt,
                finishedAt: completion.finishedAt,
                error: error,
                output: completion.output,
                exitCode: completion.exitCode,
                cost: completion.cost,
                waited: completion.cost == nil ? nil : max(.zero, waited)
            )
        )
    }
}
