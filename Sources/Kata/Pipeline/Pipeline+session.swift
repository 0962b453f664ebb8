import Logging
import Synchronization

extension Pipeline {
    /// Works on a run until it is finished or the pipeline is drained.
    ///
    /// - Returns: whether the run is finished.
    func execute(_ runID: Run.ID, mode: Mode) async throws -> Bool {
        let queue = BoundedQueue<Job>.make(size: configuration.queueSize)
        guard let (current, startMarks) = try await beginSession(runID, gauge: queue.gauge) else { return true }
        let session = current.session
        defer { endSession(current) }

        let sourceFailure = try await withStartMarks(startMarks, of: current) {
            try await withThrowingTaskGroup(of: (any Error)?.self) { group in
                // Producer and consumers work side by side, and the consumers go on when the producer has failed.
                group.addTask { await self.produce(session, on: queue.input, gauge: queue.gauge, mode: mode) }
                group.addTask {
                    try await self.consume(current, from: queue.output, gauge: queue.gauge, startMarks)
                    return nil
                }
                var failure: (any Error)?
                for try await result in group { failure = failure ?? result }
                return failure
            }
        }
        session.progress.wentBack(queue.gauge.depth)
        let isFinished = try await close(session)
        if let sourceFailure { throw sourceFailure }
        return isFinished
    }

    private func withStartMarks<Result: Sendable>(
        _ startMarks: StartMarks, of current: CurrentRun, _ body: () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // The store's failure, which is what ends the marks and the checkpoints early, ends the consumers as well.
            group.addTask { try await startMarks.run(current.pool, current.session) }
            group.addTask { [recorder, runtime] in
                try await current.session.checkpoints.run(recorder, runtime.clock)
            }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    private enum ProducerPart {
        case reader, producer
    }

    /// Has the source's reader and the producer work until the feed ends, or ``takesNoMore`` opens.
    ///
    /// - Returns: what the source or the store threw, if anything. The consumers finish what is on the queue even then.
    private func produce(
        _ session: RunSession, on queue: BoundedQueue<Job>.Input, gauge: BoundedQueue<Job>.Gauge, mode: Mode
    ) async -> (any Error)? {
        let producer = Producer(
            queue: queue,
            gauge: gauge,
            interval: configuration.interval,
            clock: runtime.clock,
            session: session,
            logger: logger
        )
        do {
            try await withCancellation(on: takesNoMore, or: session.isLost) { [self] in
                try await withThrowingTaskGroup(of: ProducerPart.self) { group in
                    let reader = SourceReader(
                        source: configuration.source,
                        store: store,
                        recorder: recorder,
                        session: session,
                        alarms: configuration.alarms,
                        triesAgain: mode == .untilDrained,
                        shared: shared,
                        runtime: runtime,
                        logger: logger
                    )
                    group.addTask {
                        try await reader.run()
                        return .reader
                    }
                    group.addTask {
                        var feed = self.makeFeed(session, mode: mode)
                        defer { feed.close() }
                        try await producer.run(from: &feed)
                        return .producer
                    }
                    do {
                        // Whatever else the source may have, the producer wants no more.
                        while try await group.next() == .reader {}
                        group.cancelAll()
                    } catch is CancellationError where Task.isCancelled {
                        // The drain.
                    }
                }
            }
            return nil
        } catch {
            return error
        }
    }

    /// Has the consumers work until the queue is at its end; when ``givesUp`` opens, they are cut off.
    private func consume(
        _ current: CurrentRun, from queue: BoundedQueue<Job>.Output, gauge: BoundedQueue<Job>.Gauge,
        _ startMarks: StartMarks
    ) async throws {
        let work = ConsumerWork(
            configuration: configuration, queue: queue, gauge: gauge, store: store, recorder: recorder,
            session: current.session, startMarks: startMarks, gate: gate, takesNoMore: takesNoMore, runtime: runtime,
            logger: logger)
        let heldBack = try await withCancellation(on: givesUp, or: current.session.isLost) {
            try await current.pool.run(work.run)
        }
        current.session.progress.wentBack(heldBack)
    }

    private func makeFeed(_ session: RunSession, mode: Mode) -> JobFeed {
        let isEndless = session.run.progress != .exhausted && configuration.source.extent == .endless
        return JobFeed(
            session: session,
            end: isEndless && mode == .once ? .dry : .finished,
            // What another node has may come back, too.
            jobsMayComeBack: shared != nil || session.run.items == nil
                || configuration.failures.retry?.attempts ?? 1 > 1,
            store: store,
            recorder: recorder,
            gate: gate,
            runtime: runtime,
            limits: configuration.limits,
            sharing: sharing
        )
    }

    var sharing: JobClaims.Sharing? {
        shared.map { shared in
            JobClaims.Sharing(
                store: shared, concurrencyPerKey: configuration.limits.concurrencyPerKey,
                isLocal: configuration.source.bindsRuns
            ) { [self] in state.withLock { $0.workerCount } }
        }
    }

    /// Closes the run if nothing of it is left, and saves the time that was spent on it.
    private func close(_ session: RunSession) async throws -> Bool {
        let elapsed = session.progress.stop()
        let runID = session.run.id
        let isFinished = try await recorder.perform { [runtime] transaction in
            try transaction.endSession(run: runID, elapsed: elapsed, at: runtime.wallClock.now())
        }
        if isFinished {
            session.progress.finish()
            let counts = session.progress.counts
            logger.info(
                "run finished",
                metadata: [
                    "run": "\(runID)", "consumed": "\(counts.done)", "failed": "\(counts.failed)",
                    "elapsed_seconds": "\(elapsed.formattedSeconds)",
                ]
            )
        }
        return isFinished
    }

    /// - Returns: `nil` if the run is finished by now: a job of it was tried again while it was worked on, and was done
    ///   then.
    private func beginSession(
        _ runID: Run.ID, gauge: BoundedQueue<Job>.Gauge
    ) async throws -> (CurrentRun, StartMarks)? {
        let start = try await recorder.perform {
            [configuration, runtime, logger, shared] transaction -> (
                SessionStart, LastStarts, checkpoints: Set<Job.ID>
            )? in
            guard try transaction.unfinishedRun(pipeline: configuration.name) == runID else { return nil }
            var start = try transaction.beginSession(run: runID)
            Self.tell(of: try transaction.drawBack(run: runID, to: runtime.wallClock.now()), logger)
            let starts = try configuration.limits.lastingInterval.map { interval in
                try transaction.lastStarts(
                    pipeline: configuration.name, since: runtime.wallClock.now().advanced(by: .zero - interval))
            }
            let lastStarts = starts ?? LastStarts()
            let checkpoints = try transaction.jobsWithCheckpoints(run: runID)
            if configuration.fits(start.run) || start.run.progress == .exhausted {
                return (start, lastStarts, checkpoints)
            }
            // A source of another kind began the run. Its jobs are finished, and none are added, unless another node has that source.
            if let node = try shared?.otherNode(on: runID, in: transaction) {
                throw StoreError.otherSource(pipeline: configuration.name, node: node)
            }
            try transaction.add(items: [], to: runID, progress: .exhausted, at: runtime.wallClock.now())
            start.run.progress = .exhausted
            return (start, lastStarts, checkpoints)
        } committed: { [self] begun in
            guard let (start, lastStarts, checkpoints) = begun else { return }
            let session = RunSession(
                run: start.run, configuration: configuration, runtime: runtime, troubles: troubles, breaker: breaker,
                gauge: gauge,
                brokeOff: start.brokeOff, starts: lastStarts, checkpoints: checkpoints, costs: costs,
                metrics: metrics, events: recorder.events, claims: claims(of: runID), turns: turns)
            metrics.brokeOff(start.interrupted)
            // As the store has it now: the pause may have been changed through the pipeline that this one replaces.
            if start.isPaused { gate.shut() } else { gate.open() }
            state.withLock { state in
                state.phase = .running(
                    CurrentRun(
                        session: session,
                        pool: ConsumerPool(count: state.workerCount, node: shared?.node, executor: runtime.executor)))
                state.otherCounts = start.otherCounts
            }
        }
        guard let start = start?.0 else { return nil }
        guard case .running(let current) = state.withLock({ $0.phase }) else {
            preconditionFailure("a session was begun and is not there")
        }
        // A drain may have begun just before.
        if takesNoMore.isOpen { current.session.progress.beginDrain() }
        let startMarks = StartMarks(
            carefulStarts: start.brokeOff ? 4 * configuration.workerCount : 0, recorder: recorder, runtime: runtime)
        return (current, startMarks)
    }

    private func endSession(_ current: CurrentRun) {
        state.withLock { $0.phase = .idle(last: current) }
    }
}
