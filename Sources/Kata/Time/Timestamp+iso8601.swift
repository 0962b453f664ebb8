extension Timestamp {
    /// Reads ISO 8601 with a time zone, such as `2026-01-31T12:00Z` or `2026-01-31T12:00:00.5+01:00`. Of a fraction
    /// with up to nine digits three count.
    ///
    /// `nil` if the text is anything else, or there is no such day or time; a leap second, `:60`, is no such time.
    public init?(iso8601 text: String) {
        var scanner = Scanner(text: text.utf8[...])
        guard
            let year = scanner.number(digits: 4), scanner.skip("-"),
            let month = scanner.number(digits: 2), scanner.skip("-"),
            let day = scanner.number(digits: 2),
            let days = CivilDate.daysSinceEpoch(year: year, month: month, day: day),
            scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.number(digits: 2), hour < 24, scanner.skip(":"),
            let minute = scanner.number(digits: 2), minute < 60
        else { return nil }
        var second = 0
        var millisecond = 0
        if scanner.skip(":") {
            guard let value = scanner.number(digits: 2), value < 60 else { return nil }
            second = value
            if scanner.skip(".") {
                guard let value = scanner.fraction() else { return nil }
                millisecond = value
            }
        }
        guard let offset = scanner.zone(), scanner.text.isEmpty else { return nil }
        let minutes = (days * 24 + hour) * 60 + minute - offset
        self.init(milliseconds: Int64((minutes * 60 + second) * 1_000 + millisecond))
    }

    private struct Scanner {
        var text: Substring.UTF8View.SubSequence

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard let first = text.first, UInt32(first) == character.value else { return false }
            text.removeFirst()
            return true
        }

        mutating func number(digits count: Int) -> Int? {
            let digits = text.prefix(count)
            guard digits.count == count, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
            text.removeFirst(count)
            return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        }

        /// The milliseconds of a fraction with one to nine digits.
        mutating func fraction() -> Int? {
            let digits = text.prefix { (48...57).contains($0) }
            guard (1...9).contains(digits.count) else { return nil }
            text.removeFirst(digits.count)
            let thousandths = Array(digits.prefix(3)) + Array(repeating: 48, count: max(0, 3 - digits.count))
            return thousandths.reduce(0) { $0 * 10 + Int($1 - 48) }
        }

        /// The minutes east of Greenwich.
        mutating func zone() -> Int? {
            if skip("Z") || skip("z") { return 0 }
            let sign: Int
            if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
            guard let hours = number(digits: 2), hours < 24 else { return nil }
            _ = skip(":")
            guard let minutes = number(digits: 2), minutes < 60 else { return nil }
            return sign * (hours * 60 + minutes)
        }
    }
}
