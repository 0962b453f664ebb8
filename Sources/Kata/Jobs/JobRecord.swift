/// A job with everything that the store keeps of it, for people.
///
/// In lists, long texts are cut: ``itemBytes`` and ``errorBytes`` tell.
public struct JobRecord: Hashable, Sendable {
    /// The job at the attempt that is under way, comes next or was the last.
    public var job: Job
    /// How many bytes the whole item has. There are fewer in ``job`` if the record is one of a list.
    public let itemBytes: Int
    /// The name of the pipeline that the job is part of.
    public let pipeline: String
    /// Where the job stands; on the queue or in a handler's hands it is pending.
    public var state: JobState
    /// The name for the work that the job was submitted under; `nil` if it had none.
    public let uniqueKey: String?
    /// When the job is due, or was: `nil` if it never had to wait for a time.
    public var runAt: Timestamp?
    /// Why the last attempt failed, or why the job was cancelled together with the one that it waited for; `nil`
    /// otherwise, and once it is done.
    public var error: String? {
        didSet { errorBytes = error?.utf8.count ?? 0 }
    }
    /// How many bytes the whole error has; 0 without one. There are fewer in ``error`` if the record is one of a list.
    public private(set) var errorBytes: Int
    /// What the program of the last attempt ended with, of a job that has failed; `nil` otherwise, and where there was none.
    public var exitCode: Int32?
    /// The job because of which it is cancelled, as it was to wait for that one; `nil` otherwise. That one may be forgotten by
    /// now.
    public var cancelledWith: Job.ID?
    /// The words that the job was submitted with, sorted.
    public var tags: [String] = []
    /// The job that this one is a corrected copy of; `nil` if it is none. That one may be forgotten by now.
    public var copyOf: Job.ID?
    /// When the job was stored.
    public let createdAt: Timestamp
    /// When the job was finished; `nil` if it is not.
    public var finishedAt: Timestamp?

    /// Describes a job as it is stored. Where the item of `job`, or `error`, is cut, `itemBytes` and `errorBytes` are how many
    /// bytes the whole text has; `nil` means that it is not cut.
    public init(
        job: Job, itemBytes: Int? = nil, pipeline: String, state: JobState, uniqueKey: String? = nil,
        runAt: Timestamp? = nil, error: String? = nil, errorBytes: Int? = nil, createdAt: Timestamp,
        finishedAt: Timestamp? = nil, cancelledWith: Job.ID? = nil, exitCode: Int32? = nil
    ) {
        self.exitCode = exitCode
        self.cancelledWith = cancelledWith
        self.job = job
        self.itemBytes = itemBytes ?? job.item.utf8.count
        self.errorBytes = errorBytes ?? error?.utf8.count ?? 0
        self.pipeline = pipeline
        self.state = state
        self.uniqueKey = uniqueKey
        self.runAt = runAt
        self.error = error
        self.createdAt = createdAt
        self.finishedAt = finishedAt
    }

    /// The same record with at most `textLimit` bytes of the item and of the error.
    public func cut(to textLimit: Int) -> JobRecord {
        var job = job
        job.item = CutText(job.item, limit: textLimit).beginning
        var record = JobRecord(
            job: job, itemBytes: itemBytes, pipeline: pipeline, state: state, uniqueKey: uniqueKey, runAt: runAt,
            error: error.map { CutText($0, limit: textLimit).beginning }, errorBytes: errorBytes, createdAt: createdAt,
            finishedAt: finishedAt, cancelledWith: cancelledWith, exitCode: exitCode)
        record.tags = tags
        record.copyOf = copyOf
        return record
    }
}
