/// What a store keeps of one entry of a schedule.
public struct ScheduleEntryState: Hashable, Sendable {
    /// The entry's name.
    public let entry: String
    /// Since when the entry makes no jobs; `nil` if it does.
    public let pausedAt: Timestamp?
    /// The entry's latest job; `nil` if it made none.
    public let lastJob: Job.ID?
    /// The state of that job; `nil` if there is none, or none any more.
    public let lastState: JobState?
    /// When that job was stored.
    public let lastCreatedAt: Timestamp?
    /// When that job was finished.
    public let lastFinishedAt: Timestamp?
    /// What that job failed with last.
    public let lastError: String?

    /// Describes an entry as it is stored.
    public init(
        entry: String, pausedAt: Timestamp? = nil, lastJob: Job.ID? = nil, lastState: JobState? = nil,
        lastCreatedAt: Timestamp? = nil, lastFinishedAt: Timestamp? = nil, lastError: String? = nil
    ) {
        self.entry = entry
        self.pausedAt = pausedAt
        self.lastJob = lastJob
        self.lastState = lastState
        self.lastCreatedAt = lastCreatedAt
        self.lastFinishedAt = lastFinishedAt
        self.lastError = lastError
    }
}
