import Logging

/// Tells somebody outside that jobs are done, at most once in so long a time, and beside the work: no job waits for it.
final class Ping: Sendable {
    /// How long it is from one ping to the next at the least.
    static let interval = Duration.seconds(10)
    /// How long a ping may take.
    private static let timeout = Duration.seconds(30)

    private let pipeline: String
    private let handler: any JobHandler
    private let successes = AutoResetEvent()

    init(pipeline: String, handler: any JobHandler) {
        self.pipeline = pipeline
        self.handler = handler
    }

    /// Takes in that a job is done, which is committed. Returns at once.
    func succeeded() {
        successes.set()
    }

    /// Pings after successes, until the task is cancelled. A ping that fails is logged, and not sent again.
    ///
    /// - Throws: `CancellationError`.
    func run(clock: any MonotonicClock, logger: Logger) async throws {
        let job = Job(id: 1, runID: 1, item: "")
        var isFailing = false
        while true {
            try await successes.wait()
            let context = JobContext(
                job: job, pipeline: pipeline, consumerID: "ping", logger: logger, report: JobContext.Report())
            do {
                try await withTimeout(clock) { [handler] in try await handler.handle(job, in: context) }
                if isFailing { logger.notice("the ping is heard again") }
                isFailing = false
            } catch {
                try Task.checkCancellation()
                // Said once, or an outsider that is down for a day would fill the log.
                if !isFailing { logger.warning("the ping was not heard", metadata: ["error": "\(error)"]) }
                isFailing = true
            }
            try await clock.sleep(for: Self.interval)
        }
    }

    /// Gives back what sends the pings.
    func stop() async { await handler.stop() }

    private func withTimeout(
        _ clock: any MonotonicClock, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Whichever ends first cancels the other; what `body` started is gone when this returns.
            group.addTask(operation: body)
            group.addTask {
                try await clock.sleep(for: Self.timeout)
                throw JobFailure("no answer within \(Self.timeout.formattedSeconds) s")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
