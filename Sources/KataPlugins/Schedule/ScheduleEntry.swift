import Kata

/// Something that a schedule does again and again.
struct ScheduleEntry: Sendable {
    /// What becomes of times that passed while no daemon ran.
    enum Missed: String, CaseIterable, Sendable {
        /// Nothing.
        case skip
        /// One job for all of them.
        case once
        /// A job for each of them.
        case all
    }

    let name: String
    let recurrence: Recurrence
    let missed: Missed
    let overlap: ScheduleMark.Overlap
    private let item: String
    private static let placeholder = "{time}"
    /// A time that passed no longer ago than this was not missed.
    private static let grace = Duration.seconds(60)

    /// Reads an entry's keys. Faults are noted in the section. `nil` without a usable recurrence.
    init?(_ section: inout ConfigurationSection, name: String, now: Timestamp) {
        self.name = name
        item = section.string("item", default: name)
        missed = section.choice("missed", default: .once)
        overlap = section.choice("overlap", default: .allow)
        guard let recurrence = Self.recurrence(&section, now: now) else { return nil }
        self.recurrence = recurrence
    }

    /// The items of the times that are due, and up to when nothing is due any more.
    ///
    /// - Parameters:
    ///   - last: up to when nothing is due any more before this call.
    ///   - limit: how many items to give at the most.
    func due(after last: Timestamp, at now: Timestamp, limit: Int) -> (items: [String], through: Timestamp) {
        switch missed {
        case .all:
            let times = recurrence.times(after: last, through: now, limit: limit)
            return (times.map(text), times.last ?? last)
        case .once, .skip:
            guard let time = recurrence.last(after: last, through: now) else { return ([], last) }
            let isMissed = time.advanced(by: Self.grace) < now
            if case .skip = missed, isMissed { return ([], time) }
            return ([text(time)], time)
        }
    }

    /// The entry for people, and for those who ask for one of its jobs.
    var description: ScheduledEntry {
        ScheduledEntry(
            name: name, words: recurrence.words, overlap: overlap,
            nextTimes: { [recurrence] in recurrence.texts(after: $0, limit: $1) }, item: text)
    }

    /// A job of the entry with that item.
    func job(_ item: String) -> NewJob {
        var job = NewJob(item: item)
        job.schedule = ScheduleMark(entry: name, overlap: overlap)
        return job
    }

    @Sendable private func text(_ time: Timestamp) -> String {
        item.replacing(Self.placeholder, with: time.iso8601)
    }

    private static func recurrence(_ section: inout ConfigurationSection, now: Timestamp) -> Recurrence? {
        let zone = zone(&section)
        if section.has("every") {
            if section.has("cron") { section.fault("every", "stands beside cron, expected one of them") }
            if section.has("time_zone") {
                section.fault("time_zone", "has no meaning for every, expected it beside cron")
            }
            let period = section.duration("every")
            if period >= .seconds(1) { return .every(milliseconds: Int64(period.seconds * 1_000)) }
            section.fault("every", "is too short, expected at least 1s")
            return nil
        }
        let text = section.string("cron")
        if text.isEmpty { return nil }
        if let advice = CronAdvice.advice(on: text) {
            section.fault("cron", advice)
            return nil
        }
        do {
            let expression = try CronExpression(text)
            if expression.next(after: now, in: zone) == nil { section.fault("cron", "is '\(text)', which never comes") }
            return .cron(expression, zone)
        } catch {
            section.fault("cron", "\(error)")
            return nil
        }
    }

    private static func zone(_ section: inout ConfigurationSection) -> LocalTime {
        guard let name = section.optionalString("time_zone") else { return .utc }
        if let zone = LocalTime(zone: name) { return zone }
        section.fault("time_zone", "is '\(name)', expected a name such as Europe/Berlin")
        return .utc
    }
}
