import Logging

/// Takes jobs from the queue, has each handled, and records what became of it.
struct Consumer {
    let id: String
    let queue: BoundedQueue<Job>.Output
    let gauge: BoundedQueue<Job>.Gauge
    let handler: any JobHandler
    let recorder: Recorder
    let progress: RunProgress
    let activity: ConsumerActivity
    let logger: Logger

    /// Consumes until the queue is finished and empty, or until the task is cancelled.
    ///
    /// - Throws: ``RecorderFailure`` if the store failed.
    func run() async throws {
        do {
            // Whoever is cut off takes no other job, even if there is one.
            while !Task.isCancelled, let job = try await queue.next() {
                activity.begin(job)
                logger.debug(
                    "consumed",
                    metadata: ["consumer": "\(id)", "item": "\(job.item)", "queue": "\(gauge.depth)/\(gauge.size)"]
                )
                let completion = await handle(job)
                if let completion {
                    try await recorder.record(completion)
                    progress.completed(completion)
                } else {
                    progress.cutOff()
                }
                activity.end(isFinished: completion != nil)
            }
        } catch is CancellationError {
            // Cut off while it waited for a job: there is none in hand.
        }
    }

    /// `nil` if the job was cut off. It is still pending in the store, so it needs no record.
    private func handle(_ job: Job) async -> Completion? {
        let stopwatch = Stopwatch()
        let outcome: Completion.Outcome
        do {
            try await handler.handle(job)
            outcome = .done
        } catch is CancellationError where Task.isCancelled {
            return nil
        } catch {
            logger.warning("job failed", metadata: ["job": "\(job.id)", "item": "\(job.item)", "error": "\(error)"])
            outcome = .failed(reason: "\(error)")
        }
        return Completion(
            job: job,
            consumerID: id,
            outcome: outcome,
            startedAt: stopwatch.startedAt,
            finishedAt: stopwatch.finishedAt()
        )
    }
}
