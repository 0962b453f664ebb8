import Synchronization

@testable import Kata
@testable import KataTesting

/// What has to hold when a handler is given a job, and when it is done with it.
extension Oracle {
    /// - Parameter isCut: whether the task was cancelled before the handler had the job.
    func begins(_ job: Job, pipeline: String, generation: Int, isCut: Bool, at now: MonotonicInstant) {
        tell("job \(job.id), attempt \(job.attempt), begins in \(pipeline)")
        let time = self.now
        state.withLock { state in
            // A daemon that has crashed does not know it.
            if generation != state.generation { return }
            state.begun += 1
            let claim = Claim(job: job.id, attempt: job.attempt)
            let title = "job \(job.id), attempt \(job.attempt),"
            state.require(!state.hasEnded, "\(title) begins after the end of the daemon")
            state.require(state.running[claim] == nil, "\(title) is in two hands at once")
            state.require(!state.ended.contains(claim), "\(title) begins again after its end")
            if !isCut {
                state.checkRow(of: job, time, title)
                state.require(
                    state.paused[pipeline]?.contains(job.id) ?? true, "\(title) begins while \(pipeline) is paused")
                state.checkOrder(of: job, pipeline, scenario, title)
            }
            state.begunAt[claim] = state.commits
            state.running[claim] = Running(pipeline: pipeline, key: job.key, since: now)
            let running = state.running.values.filter { $0.pipeline == pipeline }
            let workers = state.workers[pipeline] ?? 0
            state.require(running.count <= workers, "\(running.count) jobs in \(workers) hands of \(pipeline)")
            if let limit = scenario.limits.concurrencyPerKey, let key = job.key {
                let count = running.count { $0.key == key }
                state.require(count <= limit, "\(count) jobs with the key \(key) in hand, and \(limit) are allowed")
            }
        }
    }

    /// - Parameter isPrompt: whether the handler returns at once when it is cut off.
    func ends(_ job: Job, generation: Int, hasSucceeded: Bool, isPrompt: Bool, at now: MonotonicInstant) {
        tell("job \(job.id), attempt \(job.attempt), \(hasSucceeded ? "succeeds" : "ends")")
        state.withLock { state in
            if generation != state.generation { return }
            let claim = Claim(job: job.id, attempt: job.attempt)
            let running = state.running.removeValue(forKey: claim)
            if hasSucceeded {
                state.ended.insert(claim)
                state.succeeded.insert(claim)
            }
            if let limit = job.timeout ?? scenario.failures.timeout, isPrompt, let running {
                let time = running.since.duration(to: now)
                state.require(time <= limit, "job \(job.id) took \(time), and its timeout is \(limit)")
            }
        }
    }
}

extension Oracle.State {
    fileprivate mutating func checkRow(of job: Job, _ time: Timestamp, _ title: String) {
        guard let record = tables.index(of: job.id).map({ tables.jobs[$0] }) else {
            return require(false, "\(title) begins before it is committed")
        }
        require(
            record.state == .pending && record.job.attempt == job.attempt,
            "\(title) begins, and it is \(record.state) at attempt \(record.job.attempt)")
        require(
            record.job.item == job.item && record.job.priority == job.priority && record.job.key == job.key,
            "\(title) begins as it was before an edit")
        let wasRetried = retriedSince[job.id] != nil
        require(wasRetried || record.runAt.map { $0 <= time } ?? true, "\(title) begins before its time")
    }

    /// Within a priority and, with limits, a key, the job that became pending first begins first, where nothing else than the
    /// feed decides which one begins.
    fileprivate mutating func checkOrder(of job: Job, _ pipeline: String, _ scenario: Scenario, _ title: String) {
        let limits = scenario.limits
        let isByKey = limits.concurrencyPerKey == 1 && job.key != nil
        guard isByKey || (!limits.limitAnything && workers[pipeline] == 1), let since = pendingSince[job.id],
            !edited.contains(job.id)
        else {
            return
        }
        for record in tables.jobs
        where record.state == .pending && record.job.runID == job.runID && record.job.id < job.id
            && record.job.priority == job.priority && (!isByKey || record.job.key == job.key)
        {
            let claim = Oracle.Claim(job: record.job.id, attempt: record.job.attempt)
            let pending = pendingSince[record.job.id] ?? 0
            // One that was edited may have gone through the queue for nothing.
            if edited.contains(record.job.id) { continue }
            // One that was interrupted too often is begun by no handler.
            if begunAt[claim] ?? -1 >= pending || record.job.interruptions >= scenario.failures.interruptions {
                continue
            }
            require(pending > since, "\(title) begins before job \(record.job.id)")
        }
    }
}
