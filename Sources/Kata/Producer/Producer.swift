import Logging

/// Puts jobs on the queue, one after the other, and sleeps after each.
struct Producer {
    let id = "p1"
    let queue: BoundedQueue<Job>.Input
    let gauge: BoundedQueue<Job>.Gauge
    let interval: Duration
    let clock: any MonotonicClock
    let session: RunSession
    let logger: Logger

    /// Produces until the feed has no more, or until the task is cancelled. Either way the queue is finished: the jobs
    /// on it are still consumed, and then the consumers know that there will be no more.
    ///
    /// - Throws: what the source or the store threw.
    func run(from feed: inout JobFeed) async throws {
        defer { queue.finish() }
        do {
            try await feed.open()
            // A put that finds room does not look at the cancellation.
            while !Task.isCancelled, let job = try await feed.next() {
                // Jobs can be read.
                session.troubles.end(.pipeline)
                try await queue.put(job)
                session.produced(job)
                logger.debug(
                    "produced",
                    metadata: [
                        "producer": "\(id)", "item": "\(job.shownItem)", "queue": "\(gauge.depth)/\(gauge.size)",
                    ]
                )
                if interval > .zero { try await clock.sleep(for: interval) }
            }
        } catch is CancellationError {
            // The drain. Jobs that were claimed and are not on the queue stay pending.
        }
    }
}
