import Kata

extension Recurrence {
    /// When it recurs, such as `at 03:30 on Monday to Friday, Europe/Berlin`, or `every 5 minutes`.
    var words: String {
        switch self {
        case .cron(let expression, let zone): "\(expression.words), \(zone.name)"
        case .every(let milliseconds): "every \(Self.words(milliseconds: milliseconds))"
        }
    }

    /// The next times after one, in ISO 8601 with their offsets from UTC.
    func texts(after time: Timestamp, limit: Int) -> [String] {
        let zone: LocalTime =
            switch self {
            case .cron(_, let zone): zone
            case .every: .utc
            }
        var texts: [String] = []
        var last = time
        while texts.count < limit, let next = next(after: last) {
            texts.append(zone.iso8601(next))
            last = next
        }
        return texts
    }

    private static func words(milliseconds: Int64) -> String {
        let units: [(Int64, String)] = [
            (604_800_000, "week"), (86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second"),
        ]
        for (size, name) in units where milliseconds.isMultiple(of: size) {
            let count = Int(milliseconds / size)
            return count == 1 ? name : counted(count, name)
        }
        return "\(Double(milliseconds) / 1_000) seconds"
    }
}
