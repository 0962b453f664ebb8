/// Tells whether retention may go by the clock, which may be wrong by years: what is pruned is gone.
///
/// A clock that shows a day more, or a day less, than when retention looked last has jumped, or nobody looked for as long.
/// Retention waits then until the clock has gone on for a day from there. Set right before, it has done no harm.
public struct RetentionClock: Hashable, Sendable {
    /// What the clock showed when retention went by it last; `nil` if it never did.
    public var trusted: Timestamp?
    /// What the clock showed after its jump; `nil` if it has not jumped.
    public var jumped: Timestamp?

    /// A clock that nobody has looked at yet, unless times are given.
    public init(trusted: Timestamp? = nil, jumped: Timestamp? = nil) {
        self.trusted = trusted
        self.jumped = jumped
    }

    /// The longest time between two looks that is no jump, and how long the clock has to go on after one.
    static let day = Duration.seconds(86_400)

    /// What a look at the clock says.
    enum Look: Hashable {
        /// Retention may go by it. Says whether it had to wait before.
        case trusted(hadJumped: Bool)
        /// It has jumped, by so much.
        case jumped(Duration)
        /// It jumped earlier, and has not gone on for long enough.
        case waiting
    }

    /// Takes in what the clock shows.
    mutating func look(at now: Timestamp) -> Look {
        let step = trusted?.duration(to: now) ?? .zero
        let isNear = step <= Self.day && step >= .zero - Self.day
        if !isNear {
            guard let jumped, now >= jumped else {
                jumped = now
                return .jumped(step)
            }
            if jumped.duration(to: now) < Self.day { return .waiting }
        }
        let hadJumped = jumped != nil
        trusted = now
        jumped = nil
        return .trusted(hadJumped: hadJumped)
    }
}
