public import Logging
import Synchronization

/// What a handler is given besides the job: where it runs, and ways to say more than that it is done.
public struct JobContext: Sendable {
    public let pipeline: String
    public let consumerID: String
    private let job: Job
    private var baseLogger: Logger
    private let kept: Kept

    private static let progressLimit = 200
    /// How much of an output is kept, in bytes.
    public static let outputLimit = 1 << 16

    /// What a handler keeps for the record.
    package final class Kept: Sendable {
        private let output = Mutex<String?>(nil)
        private let latestProgress = Mutex<String?>(nil)
        private let onProgress: (@Sendable (String) -> Void)?

        /// - Parameter onProgress: called with each report of progress.
        package init(onProgress: (@Sendable (String) -> Void)? = nil) {
            self.onProgress = onProgress
        }

        /// How far the job is, as its handler says.
        var progress: String? { latestProgress.withLock { $0 } }

        func setProgress(_ text: String?) {
            latestProgress.withLock { $0 = text }
            if let text { onProgress?(text) }
        }

        func set(_ text: String) {
            output.withLock { $0 = text }
        }

        package func take() -> String? {
            setProgress(nil)
            return output.withLock { output in
                defer { output = nil }
                return output
            }
        }
    }

    package init(job: Job, pipeline: String, consumerID: String, logger: Logger, kept: Kept) {
        self.job = job
        self.pipeline = pipeline
        self.consumerID = consumerID
        baseLogger = logger
        self.kept = kept
    }

    /// For handlers that are called without a pipeline, as in their tests.
    public init(job: Job, pipeline: String = "test", consumerID: String = "c1", logger: Logger) {
        self.init(job: job, pipeline: pipeline, consumerID: consumerID, logger: logger, kept: Kept())
    }

    /// Says how far the job is, for those who look at the status.
    public func report(progress text: String) {
        kept.setProgress(String(text.prefix(Self.progressLimit)))
    }

    /// Logs with the job's id. What a middleware sets is what the handler is given.
    public var logger: Logger {
        get {
            var logger = baseLogger
            logger[metadataKey: "job"] = "\(job.id)"
            return logger
        }
        set { baseLogger = newValue }
    }

    /// Keeps a text with the attempt, whether that succeeds or fails. What is longer than ``outputLimit`` is cut, and the
    /// text says so.
    ///
    /// - Parameter omitted: how many bytes were left out already.
    public func keep(output: String, omitting omitted: Int = 0) {
        let excess = max(0, output.utf8.count - Self.outputLimit)
        // Decoded anew, because the cut may be within a character.
        let text = excess == 0 ? output : String(decoding: output.utf8.prefix(Self.outputLimit), as: UTF8.self)
        kept.set(omitted + excess == 0 ? text : "\(text)\n[\(omitted + excess) more bytes were not kept]")
    }
}
