/// The output of an attempt, as it is stored. Its pieces are read by themselves.
public struct OutputRecord: Hashable, Sendable {
    /// Unique within a store; an output that began later has a larger one.
    public typealias ID = Int64

    /// Tells it from all others.
    public let id: ID
    /// Which attempt printed it. Several have the same number if they were cut off by what was not the job's fault.
    public let attempt: Int
    /// Who made the attempt: `c1`, `c2`, …
    public let consumerID: String
    /// When the first byte was printed.
    public let beganAt: Timestamp
    /// When the attempt ended; `nil` if it is under way, or if the daemon ended before it.
    public let endedAt: Timestamp?
    /// When the attempt began, as ``Attempt/startedAt`` has it; `nil` if there is no such attempt.
    public let attemptStartedAt: Timestamp?
    /// Whether what the attempt kept at its end is only a copy of a part of this.
    public let holdsKept: Bool
    /// How many bytes were printed.
    public let printed: Int

    /// Describes an output that is stored.
    public init(
        id: ID, attempt: Int, consumerID: String, beganAt: Timestamp, endedAt: Timestamp?,
        attemptStartedAt: Timestamp? = nil, holdsKept: Bool, printed: Int
    ) {
        self.id = id
        self.attempt = attempt
        self.consumerID = consumerID
        self.beganAt = beganAt
        self.endedAt = endedAt
        self.attemptStartedAt = attemptStartedAt
        self.holdsKept = holdsKept
        self.printed = printed
    }
}
