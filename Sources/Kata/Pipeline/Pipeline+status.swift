import Synchronization

extension Pipeline {
    /// What it is doing now. Costs no access to the store.
    public func status() -> PipelineStatus {
        let state = state.withLock { $0 }
        let session = state.session
        let isRunning: Bool
        switch state.phase {
        case .idle: isRunning = false
        case .running: isRunning = true
        }
        let depth = isRunning ? session?.gauge?.depth ?? 0 : 0
        let consumers = session?.activities.map(\.status) ?? Self.idleConsumers(state.workerCount)
        let stored = state.otherCounts + (session?.progress.counts ?? JobCounts())
        return PipelineStatus(
            name: name,
            state: workState(session, isRunning: isRunning),
            queueSize: configuration.queueSize,
            queueDepth: depth,
            workerCount: state.workerCount,
            consumers: consumers,
            counts: counts(stored, consumers: consumers, queued: depth),
            run: session.map { runStatus($0.progress) },
            drain: (isRunning ? session?.progress.receipt() : nil) ?? lastDrain.withLock { $0 }
        )
    }

    private func workState(_ session: RunSession?, isRunning: Bool) -> PipelineStatus.State {
        if takesNoMore.hasFired { return .draining }
        if gate.isShut { return .paused }
        guard isRunning, let session else { return .idle }
        // An endless run is always under way.
        return session.run.items == nil && session.progress.counts.pending == 0 ? .idle : .running
    }

    private static func idleConsumers(_ count: Int) -> [PipelineStatus.Consumer] {
        (1...count).map { .init(id: ConsumerID.make($0), item: nil, jobID: nil, consumed: 0, progress: nil) }
    }

    private func counts(
        _ stored: JobCounts, consumers: [PipelineStatus.Consumer], queued: Int
    ) -> PipelineStatus.Counts {
        let running = consumers.count { $0.item != nil }
        return PipelineStatus.Counts(
            pending: max(0, stored.pending - queued - running),
            queued: queued,
            running: running,
            scheduled: stored.scheduled,
            waiting: stored.waiting,
            done: stored.done,
            failed: stored.failed,
            cancelled: stored.cancelled
        )
    }

    private func runStatus(_ progress: RunProgress) -> PipelineStatus.RunStatus {
        let run = progress.run
        let counters = progress.current
        return PipelineStatus.RunStatus(
            id: run.id,
            items: run.items,
            produced: counters.produced,
            consumed: counters.counts.done,
            failed: counters.counts.failed,
            elapsed: progress.elapsed,
            estimate: run.items.flatMap { configuration.estimate(items: $0) },
            remaining: progress.isFinished ? .zero : remaining(progress),
            isFinished: progress.isFinished
        )
    }

    /// Theory if there is one, or else the rate so far.
    private func remaining(_ progress: RunProgress) -> Duration? {
        guard let items = progress.run.items else { return nil }
        let finished = progress.counts.finished
        let left = max(0, items - finished)
        if let estimate = configuration.estimate(items: left) { return estimate.predicted }
        return finished > 0 ? progress.elapsed * left / finished : nil
    }
}
