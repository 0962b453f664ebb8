import Kata

extension CronExpression {
    private static let weekdayNames = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]
    private static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    /// How many times of day are told one by one.
    private static let timeLimit = 6

    /// When it recurs, such as `at 03:30 on Monday to Friday`.
    var words: String {
        [time, dayWords].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private var time: String {
        let all = hours.values.count == 24
        if !all && minutes.values.count * hours.values.count <= Self.timeLimit {
            let times = hours.values.flatMap { hour in
                minutes.values.map { "\(Self.digits(hour)):\(Self.digits($0))" }
            }
            return "at \(Self.list(times))"
        }
        let minute: String
        if minutes.values.count == 60 {
            minute = "every minute"
        } else if let step = Self.step(minutes.values, within: 60) {
            minute = "every \(step) minutes"
        } else {
            minute = "at minute \(Self.spans(minutes.values) { "\($0)" }) of every hour"
        }
        if all { return minute }
        if minutes.values == [0], let step = Self.step(hours.values, within: 24) { return "every \(step) hours" }
        return "\(minute) during the hours \(Self.spans(hours.values) { Self.digits($0) })"
    }

    private var dayWords: String {
        let month =
            months.values.count == 12 ? "" : " in \(Self.spans(months.values) { Self.monthNames[$0 - 1] })"
        let isEveryDay = days.values.count == 31
        let isEveryWeekday = Set(weekdays.values.map { $0 % 7 }).count == 7
        let day = "day \(Self.spans(days.values) { "\($0)" }) of the month"
        let weekday = Self.spans(Self.week(weekdays.values)) { Self.weekdayNames[$0] }
        switch (isEveryDay, isEveryWeekday) {
        case (true, true): return month.isEmpty ? "" : "every day\(month)"
        case (false, true): return "on \(day)\(month)"
        case (true, false): return "on \(weekday)\(month)"
        case (false, false):
            let isEither = days.isRestricted && weekdays.isRestricted
            return isEither ? "on \(day) or on \(weekday)\(month)" : "on \(weekday) if it is \(day)\(month)"
        }
    }

    /// The days of a week without one that is there twice, from Monday on, so that Sunday comes last.
    private static func week(_ days: [Int]) -> [Int] {
        let found = Set(days.map { $0 == 0 ? 7 : $0 })
        return found.sorted()
    }

    /// The step if the values are all those from 0 on by it, and it goes evenly into the whole.
    private static func step(_ values: [Int], within count: Int) -> Int? {
        guard values.count > 1, values[0] == 0, count % values[1] == 0,
            values == Array(stride(from: 0, to: count, by: values[1]))
        else { return nil }
        return values[1]
    }

    /// Values one by one, and more than two in a row as `first to last`.
    private static func spans(_ values: [Int], _ name: (Int) -> String) -> String {
        var parts: [String] = []
        var rest = values[...]
        while let first = rest.popFirst() {
            var last = first
            while let next = rest.first, next == last + 1 {
                last = next
                rest.removeFirst()
            }
            switch last - first {
            case 0: parts.append(name(first))
            case 1: parts += [name(first), name(last)]
            default: parts.append("\(name(first)) to \(name(last))")
            }
        }
        return list(parts)
    }

    private static func list(_ parts: [String]) -> String {
        guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
        return "\(parts.dropLast().joined(separator: ", ")) and \(last)"
    }

    private static func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
