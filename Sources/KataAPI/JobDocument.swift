public import Kata

/// What `GET /v1/jobs/ID` and `kata-ctl jobs ID --json` say of a job. Lists of jobs leave out the attempts and cut long
/// texts, but for the list of jobs that may be pruned.
///
/// Times are ISO 8601 in UTC with milliseconds.
public struct JobDocument: Codable, Hashable, Sendable {
    /// An attempt at the job that is over.
    public struct Attempt: Codable, Hashable, Sendable {
        /// Which attempt it was, from 1. An attempt that was interrupted and made again comes more than once.
        public let attempt: Int
        /// The consumer that made the attempt: `c1`, `c2`, …
        public let consumerId: String
        /// `done`, or `failed` if the attempt has an error.
        public let outcome: String
        /// Why the attempt failed; missing if it did not.
        public let error: String?
        /// When the consumer began.
        public let startedAt: String
        /// When the consumer had the outcome.
        public let finishedAt: String
        /// What the handler kept of the attempt, such as what an executable wrote; missing if it kept nothing.
        public let output: String?
        /// What the program of the attempt ended with, 128 and the signal if it was killed; missing if it did not fail, or
        /// there was no program.
        public let exitCode: Int32?
        /// Processor time that the program of the attempt's process took, in seconds; missing if it had none.
        public let userSeconds: Double?
        /// Processor time that the kernel took for it, in seconds; missing if it had no process.
        public let systemSeconds: Double?
        /// The most memory that it held at a time, in bytes; missing if it had no process, or if the kernel can't tell.
        public let peakMemoryBytes: Int64?
        /// How long the job had waited when the attempt began, in seconds; missing if it had no process.
        public let waitedSeconds: Double?
        /// How long the attempt took, in seconds; missing if it had no process.
        public let workedSeconds: Double?
    }

    /// Unique within a database; later jobs have larger ids.
    public let id: Int64
    /// The name of the job's pipeline.
    public let pipeline: String
    /// The run that the job belongs to.
    public let runId: Int64
    /// What is to be done, as it was submitted or emitted; of a command with its variables, `NAME=… make all`.
    ///
    /// In a list, of an item with more than ``listTextLimit`` bytes the beginning, with `…` behind it.
    public let item: String
    /// How many bytes the whole item has; missing unless it is cut.
    public let itemBytes: Int?
    /// `true` if the item is cut; missing otherwise.
    public let itemCut: Bool?
    /// `pending`, `running`, `scheduled`, `waiting`, `done`, `failed` or `cancelled`. A pending job in a consumer's
    /// hands is `running`.
    public let state: String
    /// The consumer that has the job in hand; missing unless it is `running`.
    public let consumerId: String?
    /// -100 to 100; higher goes first.
    public let priority: Int
    /// The attempt that is under way, comes next or was the last.
    public let attempt: Int
    /// How many attempts the job has; missing if the pipeline says.
    public let maxAttempts: Int?
    /// How long an attempt may take, in seconds; missing if the pipeline says.
    public let timeoutSeconds: Double?
    /// The name of the work that no other unfinished job of the pipeline has; missing if it was submitted without one.
    public let unique: String?
    /// What the pipeline's limits per key go by; missing if the job was submitted without one.
    public let key: String?
    /// When the job is due, or was the last time; missing if it never had to wait for a time.
    public let runAt: String?
    /// How many times the job was cut off through no fault of its own, as by a crash, since it was submitted
    /// or retried by hand.
    public let interruptions: Int
    /// Why the job failed last, or why it was cancelled with a job that it waited for; missing if neither happened, and
    /// once the job is done. In a list it is cut as the item is.
    public let error: String?
    /// How many bytes the whole error has; missing unless it is cut.
    public let errorBytes: Int?
    /// `true` if the error is cut; missing otherwise.
    public let errorCut: Bool?
    /// The job because of which it is cancelled, as it was to wait for that one; missing otherwise.
    public let cancelledWith: Int64?
    /// What the program of the last attempt ended with; missing unless the job has failed, and where there was no program.
    public let exitCode: Int32?
    /// The words that the job was submitted with; missing if it has none.
    public let tags: [String]?
    /// The job that this one is a corrected copy of; missing if it is none.
    public let copyOf: Int64?
    /// Where the job comes from, in a trace, as W3C Trace Context says; missing if nobody said.
    public let traceparent: String?
    /// How far the job in hand is, as its handler says in words; missing if it says nothing.
    public let progress: String?
    /// The same as a share, 0 to 1; missing if the handler says no number.
    public let progressFraction: Double?
    /// What the job has left for its next attempt; missing if nothing, and in lists of jobs.
    public let checkpoint: String?
    /// When the job was stored.
    public let createdAt: String
    /// When the job was done, failed for good or was cancelled; missing as long as it is not finished.
    public let finishedAt: String?
    /// How long the attempt under way has taken until now, or else the last one that is over, in seconds; missing before
    /// the first attempt.
    public let durationSeconds: Double?
    /// The attempts that are over, in order; missing in lists of jobs, but for those that may be pruned.
    public let attempts: [Attempt]?

    /// How many bytes of an item, and of an error, a list of jobs has.
    public static let listTextLimit = 1 << 10

    /// - Parameters:
    ///   - record: with its texts whole or cut, which the document then says.
    ///   - consumerID: the consumer that has the job in hand; `nil` if none has.
    ///   - duration: of the attempt under way, or else of the last one; `nil` means that of the last one of `attempts`.
    ///   - progress: of the attempt under way, as its handler says.
    ///   - checkpoint: what the job has left for its next attempt.
    ///   - attempts: those that are over, in order; `nil` leaves them out.
    public init(
        _ record: JobRecord, consumerID: String? = nil, duration: Duration? = nil, progress: JobProgress? = nil,
        checkpoint: String? = nil, attempts: [Kata.Attempt]? = nil
    ) {
        let job = record.job
        id = job.id
        pipeline = record.pipeline
        runId = job.runID
        let shown = ShownItem(job.item)
        let isItemCut = shown.isReplaced ? !shown.isWhole : job.item.utf8.count < record.itemBytes
        item = isItemCut ? shown.text + "…" : shown.text
        itemBytes = isItemCut ? record.itemBytes : nil
        itemCut = isItemCut ? true : nil
        // A job that was cancelled may still be in a consumer's hands for a moment.
        let isRunning = consumerID != nil && record.state == .pending
        state = isRunning ? "running" : record.state.rawValue
        consumerId = isRunning ? consumerID : nil
        priority = job.priority
        attempt = job.attempt
        maxAttempts = job.maxAttempts
        timeoutSeconds = job.timeout?.roundedSeconds
        unique = record.uniqueKey
        key = job.key
        runAt = record.runAt?.iso8601
        interruptions = job.interruptions
        let isErrorCut = (record.error?.utf8.count ?? 0) < record.errorBytes
        error = record.error.map { isErrorCut ? $0 + "…" : $0 }
        errorBytes = isErrorCut ? record.errorBytes : nil
        errorCut = isErrorCut ? true : nil
        cancelledWith = record.cancelledWith
        exitCode = record.exitCode
        tags = record.tags.isEmpty ? nil : record.tags
        copyOf = record.copyOf
        traceparent = job.traceParent?.text
        self.progress = isRunning ? progress?.description : nil
        progressFraction = isRunning ? progress?.fraction : nil
        self.checkpoint = checkpoint
        createdAt = record.createdAt.iso8601
        finishedAt = record.finishedAt?.iso8601
        durationSeconds = (duration ?? attempts?.last?.duration)?.roundedSeconds
        self.attempts = attempts?.map(Attempt.init)
    }
}

extension JobDocument.Attempt {
    /// - Parameter attempt: one that is over.
    public init(_ attempt: Kata.Attempt) {
        self.init(
            attempt: attempt.number,
            consumerId: attempt.consumerID,
            outcome: attempt.error == nil ? "done" : "failed",
            error: attempt.error,
            startedAt: attempt.startedAt.iso8601,
            finishedAt: attempt.finishedAt.iso8601,
            output: attempt.output,
            exitCode: attempt.exitCode,
            userSeconds: attempt.cost?.userTime.seconds,
            systemSeconds: attempt.cost?.systemTime.seconds,
            peakMemoryBytes: attempt.cost?.peakMemory,
            waitedSeconds: attempt.waited?.roundedSeconds,
            workedSeconds: attempt.cost == nil ? nil : attempt.duration.roundedSeconds
        )
    }
}

/// What `GET /v1/jobs` and `kata-ctl jobs --json` say: jobs, the latest first. Jobs that may be pruned come in this
/// form, too, the first ones first.
public struct JobListDocument: Codable, Hashable, Sendable {
    /// At most as many as were asked for.
    public let jobs: [JobDocument]
    /// The id to go on from, as `before`, or as `after` where jobs may be pruned; missing if no more jobs are left.
    public let next: Int64?
    /// At how many jobs it was looked to find these; missing unless something else than their pipeline and state was asked for.
    /// A search that has looked at many ends with fewer jobs than were asked for, and with ``next``.
    public let lookedAt: Int?

    /// - Parameters:
    ///   - next: the id of the last job of the page; `nil` if no more are left.
    ///   - lookedAt: at how many jobs it was looked; `nil` where that is not said.
    public init(jobs: [JobDocument], next: Int64?, lookedAt: Int? = nil) {
        self.lookedAt = lookedAt
        self.jobs = jobs
        self.next = next
    }
}
