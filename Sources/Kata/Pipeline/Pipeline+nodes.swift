import Logging
import Synchronization

/// What a pipeline knows of other nodes that work on it.
struct HeardNews {
    /// How often the pipeline was paused or resumed through this node.
    var pauseChanges = 0
    /// What was wanted of this node last; `nil` before anything was.
    var workers: Int?
}

/// A pipeline that several nodes work on.
extension Pipeline {
    /// To be asked before news is read, for ``take(_:since:)``: what this node does meanwhile is later.
    package var newsMark: Int { heard.withLock { $0.pauseChanges } }

    /// Takes in what other nodes did.
    package func take(_ news: StoreNews.Pipeline, since mark: Int) {
        if newsMark == mark, news.isPaused != gate.isShut { pauseChanged(news.isPaused) }
        let workers = heard.withLock { heard in
            defer { heard.workers = news.workers }
            return heard.workers == news.workers ? nil : news.workers
        }
        if let workers { scale(to: workers) }
        guard let run = news.run else { return }
        let current = state.withLock { state in
            let session = state.current?.session
            let own = session?.run.id == run.run ? run.counts : session?.progress.counts ?? JobCounts()
            state.otherCounts = news.counts - own
            return session
        }
        guard let current, isUnderWay, current.run.id >= run.run else {
            // Another node has begun it. The one before is finished then.
            if isUnderWay { current?.end() }
            if !run.isFinished { runQueue.add(run.run) }
            return
        }
        if current.run.id > run.run { return }
        current.count(run)
        if run.isFinished { return }
        if run.counts.pending > 0 { current.news.post { $0.mayHaveUnclaimed = true } }
        if let due = news.nextDue { current.news.scheduled(for: due) }
    }

    private var isUnderWay: Bool {
        if case .running = state.withLock({ $0.phase }) { true } else { false }
    }

    func take(_ tally: RunTally) {
        currentRun(tally.run)?.session.count(tally)
    }

    package func sessionWasLost() {
        guard case .running(let current) = state.withLock({ $0.phase }), !current.session.isLost.isOpen else { return }
        logger.warning(
            "what is in hand is given up, because others may do it by now",
            metadata: ["run": "\(current.session.run.id)"])
        current.session.isLost.open()
    }

    /// What this node does with the pipeline, for the others.
    package func report(rate: Double) -> NodeReport.Pipeline {
        let status = status()
        return NodeReport.Pipeline(
            name: name, state: status.state.rawValue, workers: status.workerCount, running: status.counts.running,
            rate: rate, interruptions: configuration.failures.interruptions)
    }

    /// How many jobs this node was done with since work on the run began or went on.
    package var settledCount: Int { state.withLock { $0.current }?.session.progress.current.settled ?? 0 }

    /// What a session on a run does with the node's claims; `nil` where none are written.
    func claims(of run: Run.ID) -> OwnClaims? {
        guard let shared else { return nil }
        let claims = JobClaims(run: run, store: store, recorder: recorder, clock: runtime.clock, sharing: sharing)
        return OwnClaims(
            release: { [recorder] jobs in recorder.leave { try shared.release(jobs, in: $0) } },
            renew: { try await claims.renew($0) },
            areValid: { shared.leaseLeft > .zero })
    }

    /// The turns that all nodes share; `nil` where no other node takes any.
    var turns: SharedTurns? {
        shared.map { shared in
            SharedTurns(clock: runtime.clock) { [recorder, name] count, interval, key in
                try await recorder.perform { transaction in
                    try shared.takeTurns(count, each: interval, pipeline: name, key: key, in: transaction)
                }
            }
        }
    }
}
