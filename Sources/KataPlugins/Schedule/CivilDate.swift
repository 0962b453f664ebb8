/// A day in the Gregorian calendar.
struct CivilDate: Hashable {
    let month: Int
    let day: Int
    /// 0 is Sunday.
    let weekday: Int

    init(daysSinceEpoch days: Int) {
        // Counted in eras of 400 years that begin on the first of March, so that leap days come last.
        let shifted = days + 719_468
        let dayOfEra = ((shifted % 146_097) + 146_097) % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        // The epoch was a Thursday.
        weekday = ((days + 4) % 7 + 7) % 7
    }
}
