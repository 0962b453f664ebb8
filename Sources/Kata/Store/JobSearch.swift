/// Which jobs are looked for: those that all conditions hold for. Texts are compared byte by byte.
public struct JobSearch: Hashable, Sendable {
    /// The name of the jobs' pipeline; `nil` means every pipeline.
    public var pipeline: String?
    /// The states that the jobs may be in; `nil` means every state.
    public var states: Set<JobState>?
    /// What stands somewhere in the item.
    public var item: String?
    /// What stands somewhere in the error.
    public var error: String?
    /// The key that limits go by, as a whole.
    public var key: String?
    /// The unique key, as a whole.
    public var unique: String?
    /// One of the tags that the jobs were submitted with, as a whole.
    public var tag: String?
    /// The jobs were stored then or later.
    public var since: Timestamp?
    /// The jobs were stored before.
    public var until: Timestamp?
    /// The jobs were finished before; jobs that are not finished are left out.
    public var finishedBefore: Timestamp?
    /// The jobs have failed, and belong to that ``FailureGroup``.
    public var group: FailureGroup.ID?

    /// Looks for every job, unless it is told less.
    public init(pipeline: String? = nil, states: Set<JobState>? = nil) {
        self.pipeline = pipeline
        self.states = states
    }

    /// Whether a job is looked for, by a record with whole texts.
    public func selects(_ record: JobRecord) -> Bool {
        if let pipeline, record.pipeline != pipeline { return false }
        if let states, !states.contains(record.state) { return false }
        if let since, record.createdAt < since { return false }
        if let until, record.createdAt >= until { return false }
        if let finishedBefore, record.finishedAt.map({ $0 >= finishedBefore }) ?? true { return false }
        if let key, record.job.key.map({ ExactString($0) != ExactString(key) }) ?? true { return false }
        if let unique, record.uniqueKey.map({ ExactString($0) != ExactString(unique) }) ?? true { return false }
        if let tag, !record.tags.contains(where: { ExactString($0) == ExactString(tag) }) { return false }
        if let item, !record.job.shownItem.containsBytes(of: item) { return false }
        if let error, !(record.error?.containsBytes(of: error) ?? false) { return false }
        if let group {
            return record.state == .failed && FailureGroup.id(pipeline: record.pipeline, error: record.error) == group
        }
        return true
    }
}

/// What a store found that was asked to look for jobs.
public struct JobSearchPage: Hashable, Sendable {
    /// The ids of the jobs, the latest first.
    public let jobs: [Job.ID]
    /// How many jobs were looked at.
    public let lookedAt: Int
    /// The last job that was looked at, before which the search goes on; `nil` if no job is left.
    public let next: Job.ID?

    /// What was found up to a job.
    public init(jobs: [Job.ID], lookedAt: Int, next: Job.ID?) {
        self.jobs = jobs
        self.lookedAt = lookedAt
        self.next = next
    }
}

extension String {
    /// Whether the other text stands somewhere in this one, byte by byte.
    fileprivate func containsBytes(of text: String) -> Bool {
        let (bytes, wanted) = (Array(utf8), Array(text.utf8))
        guard wanted.count <= bytes.count else { return false }
        return (0...(bytes.count - wanted.count)).contains { bytes[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }
}
