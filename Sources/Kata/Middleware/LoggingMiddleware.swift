public import Logging

/// Logs how each attempt ended and how long it took, with the job's id.
///
/// That an attempt failed is logged by the daemon in any case, as a warning.
public struct LoggingMiddleware: JobMiddleware {
    private let level: Logger.Level

    /// - Parameter level: of every entry, whether the attempt succeeded or not.
    public init(level: Logger.Level = .info) {
        self.level = level
    }

    /// Handles the job, and logs its end. An error is logged and passed on.
    public func handle(_ job: Job, in context: JobContext, next: Next) async throws {
        let start = PreciseClock().now
        do {
            try await next(job, context)
            log("job done", job, context, since: start)
        } catch {
            log(Task.isCancelled ? "job cut off" : "attempt failed", job, context, since: start, error: error)
            throw error
        }
    }

    private func log(
        _ message: Logger.Message, _ job: Job, _ context: JobContext, since start: MonotonicInstant,
        error: (any Error)? = nil
    ) {
        guard context.logger.logLevel <= level else { return }
        var metadata: Logger.Metadata = [
            "consumer": "\(context.consumerID)", "attempt": "\(job.attempt)",
            "seconds": "\(start.duration(to: PreciseClock().now).formattedSeconds)",
        ]
        if let error { metadata["error"] = "\(error)" }
        context.logger.log(level: level, message, metadata: metadata)
    }
}
