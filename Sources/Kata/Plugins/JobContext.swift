public import Logging
import Synchronization

/// What a handler is given besides the job: where it runs, and ways to say more than that it is done.
public struct JobContext: Sendable {
    /// The name of the pipeline that the job belongs to.
    public let pipeline: String
    /// The consumer that does the job, such as `c1`; `plugin` in a program that is a plugin of its own.
    public let consumerID: String
    private let job: Job
    private var baseLogger: Logger
    private let attemptReport: Report

    /// How much of a progress text is kept, in Unicode scalars.
    private static let progressLimit = 200
    /// How much of an output is kept, in bytes.
    public static let outputLimit = 1 << 16

    /// What a handler reports of an attempt besides its outcome: how far it is, and what is to be kept of it.
    package final class Report: Sendable {
        private struct Waiting {
            var since: MonotonicInstant?
            /// The time of waits that are over.
            var total = Duration.zero
        }

        private let output = Mutex<String?>(nil)
        private let waiting = Mutex(Waiting())
        private let latestProgress = Mutex<String?>(nil)
        private let onProgress: (@Sendable (String) -> Void)?

        /// - Parameter onProgress: called with each report of progress, on the handler's task.
        package init(onProgress: (@Sendable (String) -> Void)? = nil) {
            self.onProgress = onProgress
        }

        /// How far the job is, as its handler said last; `nil` if it has said nothing.
        var progress: String? { latestProgress.withLock { $0 } }

        func setProgress(_ text: String?) {
            latestProgress.withLock { $0 = text }
            if let text { onProgress?(text) }
        }

        func setOutput(_ text: String) {
            output.withLock { $0 = text }
        }

        func beginWaiting(_ now: MonotonicInstant) {
            waiting.withLock { $0.since = now }
        }

        func endWaiting(_ now: MonotonicInstant) {
            waiting.withLock { waiting in
                if let since = waiting.since { waiting.total += since.duration(to: now) }
                waiting.since = nil
            }
        }

        /// How long the handler has waited in this attempt for what is not its own, and whether it does so now.
        func waited(until now: MonotonicInstant) -> (time: Duration, isWaiting: Bool) {
            waiting.withLock { waiting in
                (waiting.total + (waiting.since?.duration(to: now) ?? .zero), waiting.since != nil)
            }
        }

        /// Gives the output that is to be kept, `nil` if there is none, and forgets what else there was of the attempt.
        package func takeOutput() -> String? {
            setProgress(nil)
            waiting.withLock { $0 = Waiting() }
            return output.withLock { output in
                defer { output = nil }
                return output
            }
        }
    }

    /// - Parameter report: takes the progress and the output of this attempt.
    package init(job: Job, pipeline: String, consumerID: String, logger: Logger, report: Report) {
        self.job = job
        self.pipeline = pipeline
        self.consumerID = consumerID
        baseLogger = logger
        attemptReport = report
    }

    /// A context for handlers that are called without a pipeline, as in their tests. Progress and output are dropped.
    public init(job: Job, pipeline: String = "test", consumerID: String = "c1", logger: Logger) {
        self.init(job: job, pipeline: pipeline, consumerID: consumerID, logger: logger, report: Report())
    }

    /// Says how far the job is, for people who look at its pipeline's status. Replaces what was said before. Text past
    /// 200 Unicode scalars is cut off.
    public func report(progress text: String) {
        attemptReport.setProgress(String(text.prefix(scalars: Self.progressLimit)))
    }

    /// Waits for something that the job can't help, such as a process that has to start before it can do any job: the
    /// time that this takes does not count towards the job's timeout.
    ///
    /// - Parameter clock: tells that time. The one that a plugin was given, in its ``PluginContext``.
    /// - Throws: what `body` throws.
    public func waiting<Result: Sendable>(
        _ clock: any MonotonicClock, _ body: () async throws -> Result
    ) async rethrows -> Result {
        attemptReport.beginWaiting(clock.now)
        defer { attemptReport.endWaiting(clock.now) }
        return try await body()
    }

    /// Logs with the job's id. A middleware that sets it, in the context that it passes on, sets the handler's logger.
    public var logger: Logger {
        get {
            var logger = baseLogger
            logger[metadataKey: "job"] = "\(job.id)"
            return logger
        }
        set { baseLogger = newValue }
    }

    /// Keeps a text with the attempt, whether that succeeds or fails, in place of a text that was kept before. Text
    /// past ``outputLimit`` is cut off, and the text says so.
    ///
    /// - Parameter omitted: how many bytes the caller has left out already; they are counted in what the text says.
    public func keep(output: String, omitting omitted: Int = 0) {
        attemptReport.setOutput(Self.bounded(output, omitting: omitted))
    }

    /// Keeps what a process wrote to its two outputs, as ``keep(output:omitting:)`` does, each up to ``outputLimit``:
    /// the errors come last, behind a line that says `[stderr]`.
    package func keep(output: String, omitting omitted: Int, errors: String, omittingErrors omittedErrors: Int) {
        var text = Self.bounded(output, omitting: omitted)
        if !text.isEmpty && text.utf8.last != UInt8(ascii: "\n") { text += "\n" }
        attemptReport.setOutput("\(text)[stderr]\n\(Self.bounded(errors, omitting: omittedErrors))")
    }

    private static func bounded(_ output: String, omitting omitted: Int) -> String {
        let text = output.prefix(bytes: outputLimit)
        let count = omitted + output.utf8.count - text.utf8.count
        return count == 0
            ? String(text) : "\(text)\n[\(counted(count, "more byte")) \(count == 1 ? "was" : "were") not kept]"
    }
}
