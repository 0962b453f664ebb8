import Kata

/// When something recurs.
enum Recurrence: Sendable {
    case cron(CronExpression, LocalTime)
    /// At the multiples of a duration since 1970, so that a restart changes nothing.
    case every(milliseconds: Int64)

    /// The years 0 to 9999. A time beyond them was not written by a schedule, and could not be counted on from.
    private static let sensible = Int64(-62_167_219_200_000)...253_402_300_799_999

    /// The first time after that one; `nil` if there is none, as after the year 9999.
    func next(after time: Timestamp) -> Timestamp? {
        if time.milliseconds > Self.sensible.upperBound { return nil }
        let time = Timestamp(milliseconds: max(time.milliseconds, Self.sensible.lowerBound))
        switch self {
        case .cron(let expression, let zone): return expression.next(after: time, in: zone)
        case .every(let period):
            let (quotient, rest) = time.milliseconds.quotientAndRemainder(dividingBy: period)
            // Before 1970 the division rounds up.
            return Timestamp(milliseconds: (rest < 0 ? quotient : quotient + 1) * period)
        }
    }

    /// The times after `start`, up to `end`.
    ///
    /// - Parameter limit: how many to give at the most, the first ones.
    func times(after start: Timestamp, through end: Timestamp, limit: Int) -> [Timestamp] {
        var times: [Timestamp] = []
        var last = start
        while times.count < limit, let next = next(after: last), next <= end {
            times.append(next)
            last = next
        }
        return times
    }

    /// The last time up to `end`, if there is one after `start`.
    func last(after start: Timestamp, through end: Timestamp) -> Timestamp? {
        guard let first = next(after: start), first <= end else { return nil }
        // Leaps close to the end, where there is probably a time as well, so that a long span does not take long.
        var last = first
        for step in [Int64(86_400_000) * 32, 86_400_000, 3_600_000, 60_000] {
            let reach = end.advanced(by: .milliseconds(-step))
            if reach > last, let next = next(after: reach), next <= end { last = next }
        }
        while let next = next(after: last), next <= end { last = next }
        return last
    }
}
