public import Logging

/// What a handler is given besides the job: where it runs, and ways to say more than that it is done.
public struct JobContext: Sendable {
    /// The name of the pipeline that the job belongs to.
    public let pipeline: String
    /// The consumer that does the job, such as `c1`; `plugin` in a program that is a plugin of its own.
    public let consumerID: String
    private let job: Job
    private var baseLogger: Logger
    private let attemptReport: Report
    private let collector: OutputCollector?

    /// How much of a progress text is kept, in Unicode scalars.
    private static let progressLimit = 200
    /// How much of an output is kept, in bytes.
    public static let outputLimit = 1 << 16

    /// - Parameters:
    ///   - report: takes the progress and the output of this attempt.
    ///   - collector: takes what is printed; without one the report does.
    package init(
        job: Job, pipeline: String, consumerID: String, logger: Logger, report: Report,
        collector: OutputCollector? = nil
    ) {
        self.collector = collector
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
        report(JobProgress(fraction: nil, text: text))
    }

    /// The same with the share of the job that is done, which is shown as a bar.
    ///
    /// - Parameters:
    ///   - fraction: 0 to 1; what is beyond that counts as the nearer one, and what is no number as none.
    ///   - text: what people are to read beside it; may be empty.
    public func report(progress fraction: Double, _ text: String = "") {
        report(JobProgress(fraction: fraction.isNaN ? nil : min(max(fraction, 0), 1), text: text))
    }

    package func report(_ progress: JobProgress) {
        attemptReport.setProgress(
            JobProgress(
                fraction: progress.fraction, text: String(progress.text.prefix(scalars: Self.progressLimit))))
    }

    /// How much of a checkpoint is kept, in bytes of UTF-8.
    public static let checkpointLimit = 1 << 16

    /// What an earlier attempt at the job has left by ``keep(checkpoint:)``, or this one; `nil` if there is nothing. An attempt
    /// that was cut off by the end of the daemon counts, too.
    public var checkpoint: String? { attemptReport.checkpoint }

    /// Keeps a text for the next attempt at the job, in place of the one before, should this attempt not get it done. It is in
    /// the store after a second at the latest, and is forgotten once the job is done.
    ///
    /// - Parameter text: at most ``checkpointLimit`` bytes, without a NUL. Another one is not kept.
    /// - Returns: whether it is kept.
    @discardableResult
    public func keep(checkpoint text: String) -> Bool {
        guard text.utf8.count <= Self.checkpointLimit, !text.utf8.contains(0) else { return false }
        return attemptReport.setCheckpoint(text, of: job)
    }

    /// Keeps with the attempt what it has used.
    package func keep(cost: JobCost) {
        attemptReport.setCost(cost)
    }

    /// Waits for something that the job can't help, such as a process that has to start before it can do any job: the
    /// time that this takes does not count towards the job's timeout.
    ///
    /// - Parameters:
    ///   - clock: tells that time. The one that a plugin was given, in its ``PluginContext``.
    ///   - body: does the waiting; what it returns is returned.
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

    /// Prints a text: it can be followed while the job runs, with `kata-ctl logs --follow`, and its beginning and its end are
    /// kept. Of a job that prints nothing there is no output.
    ///
    /// What is printed without a line break goes on with what is printed next. In a program that is a plugin of its own it
    /// is sent to the daemon at once.
    public func print(_ text: String, to stream: OutputPiece.Stream = .out) {
        var text = text
        text.withUTF8 { print($0, to: stream, isCopied: false) }
    }

    /// Prints bytes, which may be no UTF-8.
    ///
    /// - Parameter isCopied: whether what the attempt keeps at its end is only a copy of a part of what it prints.
    package func print(_ block: UnsafeBufferPointer<UInt8>, to stream: OutputPiece.Stream, isCopied: Bool) {
        if block.isEmpty { return }
        guard let collector else { return attemptReport.print(block, on: stream) }
        let printed = attemptReport.printed {
            collector.makeOutput(of: job, consumerID, isCopied: isCopied)
        }
        guard let (output, isNew) = printed else { return }
        collector.take(block, on: stream, into: output, isFirst: isNew)
    }

    /// Keeps a text with the attempt, whether that succeeds or fails, in place of a text that was kept before. Text past
    /// ``outputLimit`` is cut off. If anything is missing, the text says how many bytes that are, with the `omitted` ones that the
    /// caller has left out already.
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
