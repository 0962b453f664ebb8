import Synchronization

extension Pipeline {
    /// What it is doing now. Costs no access to the store.
    public func status() -> PipelineStatus {
        // Together, because a run that begins moves the counts of the last one.
        let (session, isRunning, earlier) = state.withLock { state in
            let earlier = earlierCounts.withLock { $0 }
            switch state {
            case .idle(let latest): return (latest, false, earlier)
            case .running(let session): return (session, true, earlier)
            }
        }
        let depth = isRunning ? session?.gauge?.depth ?? 0 : 0
        let consumers = session?.activities.map(\.status) ?? idleConsumers
        return PipelineStatus(
            name: name,
            state: takesNoMore.hasFired ? .draining : isRunning ? .running : .idle,
            queueSize: configuration.queueSize,
            queueDepth: depth,
            workerCount: configuration.workerCount,
            consumers: consumers,
            counts: counts(earlier + (session?.progress.counts ?? JobCounts()), consumers: consumers, queued: depth),
            run: session.map { runStatus($0.progress) },
            drain: (isRunning ? session?.progress.receipt() : nil) ?? lastDrain.withLock { $0 }
        )
    }

    private var idleConsumers: [PipelineStatus.Consumer] {
        (1...configuration.workerCount).map { .init(id: ConsumerID.make($0), item: nil, consumed: 0) }
    }

    private func counts(
        _ stored: JobCounts, consumers: [PipelineStatus.Consumer], queued: Int
    ) -> PipelineStatus.Counts {
        let running = consumers.count { $0.item != nil }
        return PipelineStatus.Counts(
            pending: max(0, stored.pending - queued - running),
            queued: queued,
            running: running,
            done: stored.done,
            failed: stored.failed
        )
    }

    private func runStatus(_ progress: RunProgress) -> PipelineStatus.RunStatus {
        let run = progress.run
        let counters = progress.current
        return PipelineStatus.RunStatus(
            id: run.id,
            items: run.items,
            produced: counters.produced,
            consumed: counters.done,
            failed: counters.failed,
            elapsed: progress.elapsed,
            estimate: configuration.estimate(items: run.items),
            remaining: progress.isFinished ? .zero : remaining(progress),
            isFinished: progress.isFinished
        )
    }

    /// Theory if there is one, or else the rate so far.
    private func remaining(_ progress: RunProgress) -> Duration? {
        let finished = progress.current.finished
        let left = max(0, progress.run.items - finished)
        if let estimate = configuration.estimate(items: left) { return estimate.predicted }
        return finished > 0 ? progress.elapsed * left / finished : nil
    }
}
