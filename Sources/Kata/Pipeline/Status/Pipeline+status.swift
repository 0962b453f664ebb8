import Synchronization

extension Pipeline {
    /// What the pipeline is doing now. Costs no access to the store.
    public func status() -> PipelineStatus {
        let state = state.withLock { $0 }
        let session = state.current?.session
        let isRunning: Bool
        switch state.phase {
        case .idle: isRunning = false
        case .running: isRunning = true
        }
        let depth = isRunning ? session?.gauge?.depth ?? 0 : 0
        let now = runtime.clock.now
        let consumers =
            state.current?.pool.consumers.map { $0.status(at: now) } ?? idleConsumers(state.workerCount)
        let stored = state.otherCounts + (session?.progress.counts ?? JobCounts())
        let trouble = troubles.worst ?? handlerTrouble()
        return PipelineStatus(
            name: name,
            state: workState(session, isRunning: isRunning, trouble),
            trouble: trouble,
            queueSize: configuration.queueSize,
            queueDepth: depth,
            workerCount: state.workerCount,
            consumers: consumers,
            counts: counts(stored, consumers: consumers, queued: depth),
            run: session.map { runStatus($0.progress, workers: state.workerCount) },
            drain: (isRunning ? session?.progress.receipt() : nil) ?? lastDrain.withLock { $0 },
            problems: problems(trouble),
            cost: costs.summary
        )
    }

    /// The consumers that have a job in hand, in order of their ids. Costs less than ``status()``.
    public var busyConsumers: [ConsumerStatus] {
        let now = runtime.clock.now
        let consumers = state.withLock { $0.current }?.pool.consumers ?? []
        return consumers.lazy.map { $0.status(at: now) }.filter { $0.jobID != nil }
    }

    /// The theory of a whole run with as many consumers as there are to be now; `nil` if nobody knows how many items it has, or
    /// how long the handler takes.
    public var estimate: Estimate? {
        configuration.estimate?.with(workers: state.withLock { $0.workerCount })
    }

    private func workState(
        _ session: RunSession?, isRunning: Bool, _ trouble: Trouble?
    ) -> PipelineStatus.State {
        if takesNoMore.isOpen { return .draining }
        if gate.isShut { return .paused }
        switch trouble?.part {
        case .pipeline: return .failed
        case .handler: return .waiting
        case .source where session?.progress.counts.pending ?? 0 == 0: return .waiting
        case .source, .export, nil: break
        }
        guard isRunning, let session else { return .idle }
        // A run whose length is not known is always under way, even when it has nothing to do.
        return session.run.items == nil && session.progress.counts.pending == 0 ? .idle : .running
    }

    /// All that is wrong now, as sentences for people.
    private func problems(_ worst: Trouble?) -> [String] {
        let all = troubles.all
        let other = all.isEmpty ? [worst].compactMap { $0?.reason } : all.map(\.reason)
        return other + [configuration.source.problem].compactMap { $0 } + overdueProblems
    }

    /// What keeps a handler from work that has processes of its own, for which jobs wait then.
    private func handlerTrouble() -> Trouble? {
        guard let status = configuration.handler.status, status.waiting > 0, let problem = status.problem else {
            return nil
        }
        return Trouble(
            part: .handler, reason: problem.printable, since: nil, failures: max(1, status.restarts))
    }

    private func idleConsumers(_ count: Int) -> [ConsumerStatus] {
        (1...count).map { .idle(ConsumerID.make($0, node: shared?.node)) }
    }

    private func counts(
        _ stored: JobCounts, consumers: [ConsumerStatus], queued: Int
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

    private func runStatus(_ progress: RunProgress, workers: Int) -> PipelineStatus.RunStatus {
        let run = progress.run
        let counters = progress.current
        return PipelineStatus.RunStatus(
            id: run.id,
            number: run.number,
            items: run.items,
            produced: counters.produced,
            consumed: counters.counts.done,
            failed: counters.counts.failed,
            elapsed: progress.elapsed,
            estimate: run.items.flatMap { configuration.estimate(items: $0)?.with(workers: workers) },
            remaining: progress.isFinished ? .zero : remaining(progress, workers: workers),
            isFinished: progress.isFinished
        )
    }

    /// How long the run will take from here on: theory if there is one, or else the rate so far; `nil` if there is
    /// neither.
    private func remaining(_ progress: RunProgress, workers: Int) -> Duration? {
        guard let items = progress.run.items else { return nil }
        let finished = progress.counts.finished
        let left = max(0, items - finished)
        if let estimate = configuration.estimate(items: left)?.with(workers: workers) { return estimate.predicted }
        return finished > 0 ? progress.elapsed * left / finished : nil
    }
}
