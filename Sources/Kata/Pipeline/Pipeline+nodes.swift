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
        guard let run = news.run else {
            state.withLock { state in
                if let current = state.current { state.otherCounts = news.counts - current.session.progress.counts }
            }
            return
        }
        let current = currentRun(run.run)
        state.withLock { $0.otherCounts = news.counts - run.counts }
        guard let current, isUnderWay else { return runQueue.add(run.run) }
        current.session.count(run)
        if news.hasUnclaimed { current.session.news.post { $0.mayHaveUnclaimed = true } }
        if let due = news.nextDue { current.session.news.scheduled(for: due) }
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
            "what is in hand is given up: this node was taken for gone, or would be soon",
            metadata: ["run": "\(current.session.run.id)"])
        current.session.isLost.open()
    }

    /// What this node does with the pipeline, for the others.
    package func report(rate: Double) -> NodeReport.Pipeline {
        let status = status()
        return NodeReport.Pipeline(
            name: name, state: status.state.rawValue, workers: status.workerCount, running: status.counts.running,
            rate: rate)
    }

    /// How many jobs this node was done with since work on the run began or went on.
    package var settledCount: Int { state.withLock { $0.current }?.session.progress.current.settled ?? 0 }

    /// Gives up claims of jobs that will not be done; `nil` where none are written.
    var release: (@Sendable ([Job.ID]) -> Void)? {
        guard let shared else { return nil }
        return { [recorder] jobs in recorder.leave { try shared.release(jobs, in: $0) } }
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
