public import Kata

/// What `GET /v1/schedules` and `kata-ctl schedules --json` say.
public struct SchedulesDocument: Codable, Hashable, Sendable {
    /// What a pipeline does at certain times.
    public struct Entry: Codable, Hashable, Sendable {
        /// The name of the pipeline.
        public let pipeline: String
        /// The entry's name, unique within the pipeline.
        public let entry: String
        /// When its times are, in words.
        public let schedule: String
        /// `skip`, `queue` or `allow`: what becomes of a time while the job before is not finished.
        public let overlap: String
        /// Whether it makes no jobs now.
        public let paused: Bool
        /// Since when it has been paused, in ISO 8601; missing if it is not.
        public let pausedAt: String?
        /// Its next five times in ISO 8601, with their offsets from UTC; fewer if there are no more. They are told of a paused
        /// one as well.
        public let next: [String]
        /// Its latest job; missing before the first one.
        public let last: Last?
    }

    /// The latest job of an entry.
    public struct Last: Codable, Hashable, Sendable {
        /// The job's id.
        public let job: Int64
        /// The job's state; missing if the job was forgotten since.
        public let state: String?
        /// When the job was made, in ISO 8601.
        public let createdAt: String?
        /// When the job was finished, in ISO 8601; missing if it is not.
        public let finishedAt: String?
        /// What its last attempt failed with; missing if it did not.
        public let error: String?
    }

    /// In the order of the configuration.
    public let entries: [Entry]

    /// - Parameter entries: in the order of the configuration.
    public init(entries: [Entry]) {
        self.entries = entries
    }
}

extension SchedulesDocument.Entry {
    /// - Parameter next: its next times.
    public init(_ entry: ScheduledEntry, _ state: ScheduleEntryState, pipeline: String, next: [String]) {
        self.pipeline = pipeline
        self.entry = entry.name
        schedule = entry.words
        overlap = entry.overlap.rawValue
        paused = state.pausedAt != nil
        pausedAt = state.pausedAt?.iso8601
        self.next = next
        last = state.lastJob.map { job in
            .init(
                job: job, state: state.lastState?.rawValue, createdAt: state.lastCreatedAt?.iso8601,
                finishedAt: state.lastFinishedAt?.iso8601, error: state.lastError)
        }
    }
}

/// What a request to run, pause or resume an entry answers.
public struct EntryDocument: Codable, Hashable, Sendable {
    /// The name of the pipeline.
    public let pipeline: String
    /// The entry's name.
    public let entry: String
    /// The job that was added; missing unless one was asked for.
    public let job: Int64?
    /// Whether the entry is paused; missing unless that was asked for.
    public let paused: Bool?

    /// An answer about that entry.
    public init(pipeline: String, entry: String, job: Int64? = nil, paused: Bool? = nil) {
        self.pipeline = pipeline
        self.entry = entry
        self.job = job
        self.paused = paused
    }
}
