import Logging
import Synchronization

extension Pipeline {
    /// Works on a run until it is finished or the pipeline is drained.
    func execute(_ run: Run) async throws {
        let queue = BoundedQueue<Job>.make(size: configuration.queueSize)
        let session = beginSession(run, gauge: queue.gauge)
        defer { endSession(session) }

        let sourceFailure = try await withThrowingTaskGroup(of: (any Error)?.self) { group in
            group.addTask { await self.produce(session, on: queue.input, gauge: queue.gauge) }
            group.addTask {
                try await self.consume(session, from: queue.output, gauge: queue.gauge)
                return nil
            }
            var failure: (any Error)?
            for try await result in group { failure = failure ?? result }
            return failure
        }
        session.progress.leftOnQueue(queue.gauge.depth)
        try await close(session)
        if let sourceFailure { throw sourceFailure }
    }

    /// The producer's function; the first signal stops it.
    ///
    /// - Returns: what the source or the store threw, if anything. The consumers finish what is on the queue even then.
    private func produce(
        _ session: RunSession, on queue: BoundedQueue<Job>.Input, gauge: BoundedQueue<Job>.Gauge
    ) async -> (any Error)? {
        let producer = Producer(
            queue: queue,
            gauge: gauge,
            interval: configuration.interval,
            clock: clock,
            progress: session.progress,
            logger: logger
        )
        do {
            try await withCancellation(on: takesNoMore) { [self] in
                var feed = JobFeed(
                    run: session.run,
                    source: configuration.source,
                    store: store,
                    recorder: recorder,
                    progress: session.progress
                )
                try await producer.run(from: &feed)
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
        try await withCancellation(on: givesUp) { [self] in
            try await withThrowingDiscardingTaskGroup { group in
                for activity in session.activities {
                    let consumer = Consumer(
                        id: activity.id,
                        queue: queue,
                        gauge: gauge,
                        handler: configuration.handler,
                        recorder: recorder,
                        progress: session.progress,
                        activity: activity,
                        logger: logger
                    )
                    group.addTask { try await consumer.run() }
                }
            }
        }
    }

    /// Closes the run if nothing of it is left, or else saves the time that was spent on it.
    private func close(_ session: RunSession) async throws {
        let elapsed = session.progress.stop()
        try await recorder.flush()
        let runID = session.run.id
        let counters = session.progress.current
        let isFinished = counters.areComplete
        try await recorder.perform { transaction in
            if isFinished {
                try transaction.finishRun(runID, elapsed: elapsed, at: .now())
            } else {
                try transaction.setElapsed(elapsed, of: runID)
            }
        }
        if isFinished {
            session.progress.finish()
            logger.info(
                "run finished",
                metadata: [
                    "run": "\(runID)", "consumed": "\(counters.done)", "failed": "\(counters.failed)",
                    "elapsed_seconds": "\(elapsed.formattedSeconds)",
                ]
            )
        }
    }

    private func beginSession(_ run: Run, gauge: BoundedQueue<Job>.Gauge) -> RunSession {
        let session = RunSession(run: run, configuration: configuration, gauge: gauge)
        state.withLock { state in
            if case .idle(let latest?) = state, latest.run.id != run.id {
                earlierCounts.withLock { $0 = $0 + latest.progress.counts }
            }
            state = .running(session)
        }
        // A drain may have begun just before.
        if takesNoMore.hasFired { session.progress.beginDrain() }
        return session
    }

    private func endSession(_ session: RunSession) {
        state.withLock { $0 = .idle(latest: session) }
    }
}
