/// A day in the Gregorian calendar. The one place that knows how long months and years are.
package struct CivilDate: Hashable {
    /// Counted through zero: the year before 1 is 0.
    package let year: Int
    /// From 1 to 12.
    package let month: Int
    /// From 1 to 31.
    package let day: Int
    /// From 0 for Sunday to 6 for Saturday.
    package let weekday: Int

    // Years are counted from the first of March, in eras of 400, so that leap days come last.

    /// The days of an era.
    private static let era = 146_097
    /// From the first day of the first era, the first of March of the year 0, to 1970-01-01.
    private static let epoch = 719_468

    /// - Parameter days: since 1970-01-01; negative before.
    package init(daysSinceEpoch days: Int) {
        let (era, dayOfEra) = Self.divide(days + Self.epoch, by: Self.era)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = 400 * era + yearOfEra + (month <= 2 ? 1 : 0)
        // The epoch was a Thursday.
        weekday = Self.divide(days + 4, by: 7).rest
    }

    /// The days from 1970-01-01 to a date; `nil` if there is no such date.
    package static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int? {
        guard (1...12).contains(month), (1...days(in: month, of: year)).contains(day) else { return nil }
        let (era, yearOfEra) = divide(month > 2 ? year : year - 1, by: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * Self.era + 365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - epoch
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Rounds down, before the epoch as after it, so that the rest is never negative.
    private static func divide(_ number: Int, by divisor: Int) -> (quotient: Int, rest: Int) {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }
}
