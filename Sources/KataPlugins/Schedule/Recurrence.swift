import Kata

/// When something recurs.
enum Recurrence: Sendable {
    case cron(CronExpression, ZoneOffsets)
    /// At the multiples of a duration since 1970, so that a restart changes nothing.
    case every(milliseconds: Int64)

    /// The first time after that one; `nil` if there is none.
    func next(after time: Timestamp) -> Timestamp? {
        switch self {
        case .cron(let expression, let zone): return expression.next(after: time, in: zone)
        case .every(let period):
            let quotient = (Double(time.milliseconds) / Double(period)).rounded(.down)
            return Timestamp(milliseconds: (Int64(quotient) + 1) * period)
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
            let reach = Timestamp(milliseconds: end.milliseconds - step)
            if reach > last, let next = next(after: reach), next <= end { last = next }
        }
        while let next = next(after: last), next <= end { last = next }
        return last
    }
}
