import Logging
import Synchronization

extension Pipeline {
    /// Works on a run until it is finished or the pipeline is drained.
    ///
    /// - Returns: whether it is finished.
    func execute(_ runID: Run.ID, mode: Mode) async throws -> Bool {
        let queue = BoundedQueue<Job>.make(size: configuration.queueSize)
        let session = try await beginSession(runID, gauge: queue.gauge)
        defer { endSession(session) }

        let sourceFailure = try await withStartMarks(session) {
            try await withThrowingTaskGroup(of: (any Error)?.self) { group in
                // Side by side, and the consumers go on when the producer has failed.
                group.addTask { await self.produce(session, on: queue.input, gauge: queue.gauge, mode: mode) }
                group.addTask {
                    try await self.consume(session, from: queue.output, gauge: queue.gauge)
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
        _ session: RunSession, _ body: () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // What makes it fail makes the consumers fail as well.
            group.addTask { [recorder] in try await session.startMarks.run(session, recorder: recorder) }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    private enum ProducerPart {
        case reader, producer
    }

    /// The producer's function; the first signal stops it.
    ///
    /// - Returns: what the source or the store threw, if anything. The consumers finish what is on the queue even then.
    private func produce(
        _ session: RunSession, on queue: BoundedQueue<Job>.Input, gauge: BoundedQueue<Job>.Gauge, mode: Mode
    ) async -> (any Error)? {
        let producer = Producer(
            queue: queue,
            gauge: gauge,
            interval: configuration.interval,
            clock: clock,
            session: session,
            logger: logger
        )
        do {
            try await withCancellation(on: takesNoMore) { [self] in
                try await withThrowingTaskGroup(of: ProducerPart.self) { group in
                    let reader = SourceReader(
                        source: configuration.source,
                        store: store,
                        recorder: recorder,
                        session: session,
                        triesAgain: mode == .untilDrained,
                        clock: clock,
                        logger: logger
                    )
                    group.addTask {
                        try await reader.run()
                        return .reader
                    }
                    group.addTask {
                        var feed = self.makeFeed(session, mode: mode)
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

    /// The consumers' functions; the second signal cuts them off.
    private func consume(
        _ session: RunSession, from queue: BoundedQueue<Job>.Output, gauge: BoundedQueue<Job>.Gauge
    ) async throws {
        let consumer = Consumer(pipeline: self, session: session, queue: queue, gauge: gauge)
        let heldBack = try await withCancellation(on: givesUp) {
            try await session.staff.work(consumer.work)
        }
        session.progress.wentBack(heldBack)
    }

    private func makeFeed(_ session: RunSession, mode: Mode) -> JobFeed {
        let isEndless = session.run.progress != .exhausted && configuration.source.extent == .endless
        return JobFeed(
            session: session,
            end: isEndless && mode == .once ? .dry : .finished,
            jobsMayComeBack: session.run.items == nil || configuration.failures.retry?.attempts ?? 1 > 1,
            store: store,
            recorder: recorder,
            gate: gate,
            clock: wallClock,
            limits: configuration.limits
        )
    }

    /// Closes the run if nothing of it is left, and saves the time that was spent on it.
    private func close(_ session: RunSession) async throws -> Bool {
        let elapsed = session.progress.stop()
        let runID = session.run.id
        let isFinished = try await recorder.perform { transaction in
            try transaction.endSession(run: runID, elapsed: elapsed, at: .now())
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

    private func beginSession(_ runID: Run.ID, gauge: BoundedQueue<Job>.Gauge) async throws -> RunSession {
        _ = try await recorder.perform { [configuration] transaction in
            var start = try transaction.beginSession(run: runID)
            if configuration.fits(start.run) || start.run.progress == .exhausted { return start }
            // Another kind of source began it. What is there is finished, and no more is added.
            try transaction.add(items: [], to: runID, progress: .exhausted, at: .now())
            start.run.progress = .exhausted
            return start
        } committed: { [self] start in
            let session = RunSession(
                run: start.run, configuration: configuration, gauge: gauge, brokeOff: start.brokeOff)
            // As it is now: it may have been changed through a pipeline that this one took the place of.
            if start.isPaused { gate.shut() } else { gate.open() }
            state.withLock { state in
                session.staff.scale(to: state.workerCount)
                state.phase = .running(session)
                state.otherCounts = start.otherCounts
            }
        }
        guard case .running(let session) = state.withLock({ $0.phase }) else {
            preconditionFailure("a session was begun and is not there")
        }
        // A drain may have begun just before.
        if takesNoMore.hasFired { session.progress.beginDrain() }
        return session
    }

    private func endSession(_ session: RunSession) {
        state.withLock { $0.phase = .idle(latest: session) }
    }
}
