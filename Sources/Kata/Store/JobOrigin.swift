/// What a store knows of a job that its consumer does not, for telling of the job's end.
public struct JobOrigin: Hashable, Sendable {
    /// When the job was stored.
    public let createdAt: Timestamp
    /// Whether the job tells of other jobs itself. Nobody is told of the end of such a job.
    public let isAlarm: Bool
    /// The entry of a schedule that the job is of; `nil` if there is none.
    public let entry: String?

    /// Describes a job as it is stored.
    public init(createdAt: Timestamp, isAlarm: Bool, entry: String?) {
        self.createdAt = createdAt
        self.isAlarm = isAlarm
        self.entry = entry
    }
}
