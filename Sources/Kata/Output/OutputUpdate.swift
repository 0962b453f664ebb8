/// What has changed of an attempt's output since it was saved last.
public struct OutputUpdate: Hashable, Sendable {
    /// The job that prints.
    public let job: Job.ID
    /// At which attempt it is.
    public let attempt: Int
    /// Who has the job in hand.
    public let consumerID: String
    /// When the first byte was printed. Together with the job it tells an output from all others.
    public let beganAt: Timestamp
    /// When the attempt ended; `nil` if it is under way.
    public let endedAt: Timestamp?
    /// When the attempt that has ended began, as it is recorded; `nil` if it is under way, and if it is not recorded.
    public let attemptStartedAt: Timestamp?
    /// Whether what the attempt keeps at its end is only a copy of a part of this.
    public let holdsKept: Bool
    /// How many bytes were printed.
    public let printed: Int
    /// How many bytes are kept.
    public let kept: Int
    /// The positions of the bytes that are not kept. Pieces that were saved there go.
    public let gap: Range<Int>
    /// The pieces that are new, or have more bytes than when they were saved.
    public let pieces: [OutputPiece]

    /// Describes a change.
    public init(
        job: Job.ID, attempt: Int, consumerID: String, beganAt: Timestamp, endedAt: Timestamp?,
        attemptStartedAt: Timestamp? = nil, holdsKept: Bool,
        printed: Int, kept: Int, gap: Range<Int>, pieces: [OutputPiece]
    ) {
        self.job = job
        self.attempt = attempt
        self.consumerID = consumerID
        self.beganAt = beganAt
        self.endedAt = endedAt
        self.attemptStartedAt = attemptStartedAt
        self.holdsKept = holdsKept
        self.printed = printed
        self.kept = kept
        self.gap = gap
        self.pieces = pieces
    }

    /// How many bytes are to be written.
    var size: Int { pieces.reduce(0) { $0 + $1.bytes.count } }
}
