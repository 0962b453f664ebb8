/// Has a feed give out jobs only when their rate lets them begin, so that a job that waits for its turn holds no consumer.
///
/// A turn is known once a job begins. Until then it may lie on the queue for as long as all consumers are busy, so that
/// the feed gives out no other job on account of a turn that has not been taken.
struct RateGate {
    /// A job is given out this long before its turn. The consumer waits for the rest, which is exact; the feed only has
    /// to be in time.
    static let lead = Duration.milliseconds(5)
    private var schedule: RateSchedule
    /// How many jobs with a key were given out and have not taken their turn.
    private var unbegun: [ExactString: Int] = [:]

    init(_ schedule: RateSchedule) {
        self.schedule = schedule
    }

    /// When the next job with that key may be given out; `nil` as long as that depends on when another one begins.
    func time(for key: ExactString, now: MonotonicInstant) -> MonotonicInstant? {
        let wait = schedule.interval * (unbegun[key] ?? 0)
        if wait > Self.lead { return nil }
        return schedule.turn(for: key, now: now).advanced(by: wait - Self.lead)
    }

    func mayGive(_ key: ExactString, now: MonotonicInstant) -> Bool {
        time(for: key, now: now).map { $0 <= now } ?? false
    }

    /// Notes that a job with that key is given out.
    mutating func give(_ key: ExactString) {
        unbegun[key, default: 0] += 1
    }

    /// Notes the turn of a job that was given out.
    ///
    /// - Parameter isFirst: whether it is the first turn that the job takes.
    mutating func begin(_ key: ExactString, at turn: MonotonicInstant, isFirst: Bool, now: MonotonicInstant) {
        schedule.take(turn, for: key, now: now)
        if isFirst { withdraw(key) }
    }

    /// Notes that a job that was given out will not begin.
    mutating func withdraw(_ key: ExactString) {
        guard let count = unbegun[key] else { return }
        unbegun[key] = count > 1 ? count - 1 : nil
    }
}
