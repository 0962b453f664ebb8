import Synchronization

extension Pipeline {
    /// Says why one of this pipeline's jobs is not running, or what else the job does.
    ///
    /// - Throws: what the store threw.
    public func explain(_ record: JobRecord) async throws -> Explanation {
        let status = status()
        if let consumer = status.consumers.first(where: { $0.jobID == record.job.id }) {
            let why = configuration.handler.status?.problem.map { ", which waits for the handler: \($0)" } ?? ""
            return Explanation(.running, "it is in the hands of \(consumer.id)\(why)")
        }
        switch record.state {
        case .done, .failed, .cancelled:
            return Explanation(.finished, "it is \(record.state.rawValue)" + (record.error.map { ": \($0)" } ?? ""))
        case .scheduled:
            if let explanation = explainHandler(dueAt: record.runAt) { return explanation }
            let why = record.error.map { "; it failed before: \($0)" } ?? ""
            if let time = record.runAt, time <= runtime.wallClock.now() {
                return Explanation(.scheduled, "it is due, and comes to the queue as soon as there is room\(why)")
            }
            let time = record.runAt.map { " until \($0.iso8601)" } ?? ""
            return Explanation(.scheduled, "it waits\(time)\(why)")
        case .waiting:
            let blockers = try await store.blockers(job: record.job.id)
            let names = blockers.prefix(10).map(String.init).joined(separator: ", ")
            let more = blockers.count > 10 ? " and \(blockers.count - 10) more" : ""
            return Explanation(.waiting, "it waits for \(blockers.count == 1 ? "job" : "jobs") \(names)\(more)")
        case .pending:
            if let explanation = try await explainNode(record.job) { return explanation }
            return try await explainPending(record.job, status)
        }
    }

    /// Says which other node has a job, or has to do it; `nil` if none has.
    private func explainNode(_ job: Job) async throws -> Explanation? {
        guard let shared else { return nil }
        let holding = try await shared.holding(of: job.id)
        if let holder = holding.holder, holder != shared.node {
            return Explanation(.running, "the node '\(holder)' has it")
        }
        guard let only = holding.only, only != shared.node else { return nil }
        return Explanation(
            .queued,
            "only the node '\(only)' can do it, because it comes from that machine"
                + (holding.isAlive ? "" : "; that one shows no sign of life"))
    }

    private func explainPending(_ job: Job, _ status: PipelineStatus) async throws -> Explanation {
        if takesNoMore.isOpen {
            return Explanation(.draining, "the pipeline is draining; it goes on after the next start")
        }
        if gate.isShut { return Explanation(.paused, "the pipeline is paused; 'kata-ctl resume \(name)' ends that") }
        if let explanation = explainHandler() { return explanation }
        let current = state.withLock { $0.current }
        let limit = self.limit(on: job, current)
        let ahead = try await ahead(of: job, limit, current)
        if let limit { return Explanation(.limit, "\(limit.reason); \(ahead) ahead of it or in hand") }
        if status.counts.running >= status.workerCount {
            let workers = status.workerCount == 1 ? "the worker is" : "all \(status.workerCount) workers are"
            return Explanation(.noWorker, "\(workers) busy; \(ahead) ahead of it or in hand")
        }
        return Explanation(.queued, "it is about to begin; \(ahead) ahead of it or in hand")
    }

    /// Says since when the handler is down, why, and when it is tried again.
    ///
    /// - Parameter time: when the job is due; `nil` if it is due now.
    /// - Returns: `nil` if the handler works, or if the job would wait longer all the same.
    private func explainHandler(dueAt time: Timestamp? = nil) -> Explanation? {
        guard !takesNoMore.isOpen, !gate.isShut, let wait = breaker.nextTrial else { return nil }
        let trial = runtime.wallClock.now().advanced(by: wait)
        if let time, time > trial { return nil }
        let trouble = troubles[.handler]
        let since = trouble?.since.map { " since \($0.iso8601)" } ?? ""
        let why = trouble.map { ": \($0.reason)" } ?? ""
        let next = wait > .zero ? "it is tried again at \(trial.iso8601)" : "it is being tried again now"
        return Explanation(
            .handlerDown,
            "the handler of its pipeline is down\(since)\(why); with one job \(next), and the others wait, which costs them no attempt"
        )
    }

    /// What holds back a job.
    private enum AppliedLimit {
        /// In words, how many jobs with the same key are in hand.
        case key(String)
        /// In words, which rate, and until when.
        case rate(String)

        var reason: String {
            switch self {
            case .key(let reason), .rate(let reason): reason
            }
        }
    }

    /// The limit that holds back a job now; `nil` if no limit does.
    private func limit(on job: Job, _ current: CurrentRun?) -> AppliedLimit? {
        if let key = job.key, let most = configuration.limits.concurrencyPerKey {
            let count = current?.pool.consumers.count { $0.key == key } ?? 0
            if count >= most { return .key("\(count) of the at most \(most) jobs with the key '\(key)' are in hand") }
        }
        func time(in duration: Duration) -> String { runtime.wallClock.now().advanced(by: duration).iso8601 }
        switch current?.session.rateLimiter?.wait(for: job.key) {
        case .all(let duration):
            return .rate("the pipeline's rate lets the next job begin at \(time(in: duration))")
        case .key(let duration):
            return .key(
                "the rate of jobs with the key '\(job.key ?? "")' lets the next one begin at \(time(in: duration))")
        case nil: return nil
        }
    }

    /// How many jobs come before a job, in words, as far as these are not held back themselves.
    private func ahead(of job: Job, _ applied: AppliedLimit?, _ current: CurrentRun?) async throws -> String {
        let limit = 10_000
        var count = 0
        var keys = JobKeys.all
        switch applied {
        case .key: keys = job.key.map { .only($0) } ?? .all
        case .rate, nil:
            // Jobs of those keys are passed over, but for those in hand.
            let waiting = waitingKeys(current)
            if !waiting.isEmpty { keys = .except(waiting) }
            count = current?.pool.consumers.count { $0.key.map(waiting.contains) ?? false } ?? 0
        }
        // One more, to tell whether there are more.
        count += try await store.jobsBefore(
            job.id, priority: job.priority, run: job.runID, keys: keys, limit: limit + 1)
        if count > limit { return "more than \(limit) jobs are" }
        return "\(count) \(count == 1 ? "job is" : "jobs are")"
    }

    /// The keys of which no job may begin now.
    private func waitingKeys(_ current: CurrentRun?) -> [String] {
        var keys = Set(current?.session.rateLimiter?.waitingKeys ?? [])
        if let most = configuration.limits.concurrencyPerKey {
            let inHand = Dictionary(grouping: current?.pool.consumers.compactMap(\.key) ?? [], by: \.self)
            keys.formUnion(inHand.filter { $0.value.count >= most }.keys)
        }
        return keys.sorted()
    }
}
