import Kata

/// When something recurs, in the notation of cron: minute, hour, day of the month, month, day of the week.
///
/// Fields hold `*`, numbers, names (`jan`, `mon`), ranges, steps and lists of these. If both days are restricted, either is
/// enough, as cron has it. `@hourly`, `@daily`, `@weekly`, `@monthly` and `@yearly` are short for what they say.
struct CronExpression: Hashable, Sendable {
    let minutes: CronField
    let hours: CronField
    let days: CronField
    let months: CronField
    let weekdays: CronField
    /// From a 29th of February that is a Sunday to the next one may be forty years.
    private static let horizon = 40 * 366

    private static let shorthands = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]

    /// - Throws: ``CronFault``.
    init(_ text: String) throws {
        let fields = (Self.shorthands[text.lowercased()] ?? text).split(whereSeparator: \.isWhitespace).map(String.init)
        guard fields.count == 5 else {
            throw CronFault(description: "has \(fields.count) fields, expected minute, hour, day, month and weekday")
        }
        minutes = try CronField(fields[0], name: "minute", range: 0...59)
        hours = try CronField(fields[1], name: "hour", range: 0...23)
        days = try CronField(fields[2], name: "day", range: 1...31)
        months = try CronField(fields[3], name: "month", range: 1...12, names: CronField.months)
        weekdays = try CronField(fields[4], name: "weekday", range: 0...7, names: CronField.weekdays)
    }

    /// The first time after that one; `nil` if there is none, as for the 30th of February.
    ///
    /// A time of day that a change to summer time leaves out is as much later that day. One that a change back brings twice
    /// counts once, unless it recurs every hour anyway.
    func next(after time: Timestamp, in zone: LocalTime) -> Timestamp? {
        let today = zone.localDay(of: time)
        for day in (today - 1)...(today + Self.horizon) where matches(CivilDate(daysSinceEpoch: day)) {
            if let first = times(onDay: day, in: zone).filter({ $0 > time }).min() { return first }
        }
        return nil
    }

    private func matches(_ date: CivilDate) -> Bool {
        guard months.contains(date.month) else { return false }
        let weekday = weekdays.contains(date.weekday) || date.weekday == 0 && weekdays.contains(7)
        switch (days.isRestricted, weekdays.isRestricted) {
        case (true, true): return days.contains(date.day) || weekday
        default: return days.contains(date.day) && weekday
        }
    }

    private func times(onDay day: Int, in zone: LocalTime) -> [Timestamp] {
        hours.values.flatMap { hour in
            minutes.values.flatMap { minute in
                let instants = zone.instants(localSeconds: day * 86_400 + hour * 3_600 + minute * 60)
                return hours.isRestricted ? Array(instants.prefix(1)) : instants
            }
        }
    }
}
