import Kata

/// One field of a cron expression.
struct CronField: Hashable, Sendable {
    static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// All values that the field allows, in order.
    let values: [Int]
    /// Whether the field restricts the times: as cron has it, any field does that does not begin with `*`.
    let isRestricted: Bool

    /// - Parameters:
    ///   - name: of the field, for the fault's text.
    ///   - names: words for the values, from the lowest of the range on.
    /// - Throws: ``CronFault``.
    init(_ text: String, name: String, range: ClosedRange<Int>, names: [String] = []) throws {
        var found: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
            guard (1...2).contains(pieces.count), let step = pieces.count == 2 ? Int(pieces[1]) : 1, step > 0,
                let span = Self.span(pieces[0], hasStep: pieces.count == 2, range: range, names: names)
            else {
                throw CronFault(
                    description:
                        "has '\(String(part).abbreviated)' as its \(name), expected *, numbers from \(range.lowerBound) to "
                        + "\(range.upperBound), ranges or steps")
            }
            if pieces.count == 2, step > range.count {
                // It would come only once, which is not what it says.
                let hint = name == "minute" ? "; for longer ones there is the key every, as in every: \(step)m" : ""
                throw CronFault(
                    description:
                        "has '\(String(part).abbreviated)' as its \(name), expected a step of at most \(range.count)\(hint)"
                )
            }
            found.formUnion(stride(from: span.lowerBound, through: span.upperBound, by: step))
        }
        values = found.sorted()
        isRestricted = !text.hasPrefix("*")
    }

    func contains(_ value: Int) -> Bool { values.contains(value) }

    private static func span(
        _ text: Substring, hasStep: Bool, range: ClosedRange<Int>, names: [String]
    ) -> ClosedRange<Int>? {
        if text == "*" { return range }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        var values = ends.compactMap { end in
            names.firstIndex(of: end.lowercased()).map { $0 + range.lowerBound } ?? Int(end)
        }
        // Sunday, which begins the week, ends it as well: fri-sun.
        if values.count == 2, values[1] < values[0], names.contains(ends[1].lowercased()),
            range.contains(values[1] + names.count)
        {
            values[1] += names.count
        }
        guard values.count == ends.count, (1...2).contains(values.count), let first = values.first,
            let last = values.count == 2 ? values.last : hasStep ? range.upperBound : first,
            first <= last, range.contains(first), range.contains(last)
        else { return nil }
        return first...last
    }
}
