/// Reading values of their kinds.
extension ConfigurationSection {
    /// Reads a whole number without quotes, and without zeros before it: to some readers of YAML 010 is eight. A number out of
    /// the range is a fault. The fallback is used when the key is missing, or its value is faulty; without one, a missing key is
    /// a fault.
    ///
    /// - Returns: the lower bound of the range where there is a fault and no fallback.
    public mutating func integer(_ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil) -> Int {
        let expected =
            range.upperBound == .max
            ? "a whole number from \(range.lowerBound)"
            : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        if let node = value(of: key), case .scalar(let text) = node.value, Int(text) != nil, Self.hasLeadingZero(text) {
            know(key)
            fault(key, "is '\(text.abbreviated)', expected \(expected), with no zero before it")
            return fallback ?? range.lowerBound
        }
        return scalar(key, expected: expected, default: fallback, takesText: false) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        } ?? range.lowerBound
    }

    /// Reads a duration of at most 365d, such as `10ms`, `1.5s`, `2m`, `1h`, `7d` or `2w`, at most 365 days. The fallback is used when the key is
    /// missing, or its value is faulty; without one, a missing key is a fault.
    ///
    /// - Returns: zero where there is a fault and no fallback.
    public mutating func duration(_ key: String, default fallback: Duration? = nil) -> Duration {
        scalar(key, expected: "a duration of at most 365d, such as 10ms, 1.5s, 2m or 1h", default: fallback) { text in
            Duration(configuration: text)
        } ?? .zero
    }

    /// Reads a duration that may be missing; zero is a fault.
    ///
    /// - Returns: `nil` if the key is missing or faulty.
    public mutating func optionalDuration(_ key: String) -> Duration? {
        guard has(key) else { return nil }
        return scalar(
            key, expected: "a duration longer than 0, of at most 365d, such as 10ms, 1.5s, 2m or 1h", default: nil
        ) { text in
            Duration(configuration: text).flatMap { $0 > .zero ? $0 : nil }
        }
    }

    /// Reads a text that is not empty and holds no control characters, in quotes or not. The fallback is used when the key is
    /// missing, or its value is faulty; without one, a missing key is a fault.
    ///
    /// - Returns: the empty text where there is a fault and no fallback.
    public mutating func string(_ key: String, default fallback: String? = nil) -> String {
        scalar(key, expected: "a text", default: fallback) { text in
            text.isEmpty || text.unicodeScalars.contains { $0.properties.generalCategory == .control } ? nil : text
        } ?? ""
    }

    /// Reads a text that may be missing, as ``string(_:default:)`` does.
    ///
    /// - Returns: `nil` if the key is missing; the empty text where there is a fault.
    public mutating func optionalString(_ key: String) -> String? {
        has(key) ? string(key) : nil
    }

    /// Reads a text that is not empty and may have several lines, in quotes, as a block or without both. Of the control
    /// characters it may hold line breaks and tabs.
    ///
    /// - Returns: the empty text where there is a fault, and where the key is missing, which is one.
    public mutating func lines(_ key: String) -> String {
        scalar(key, expected: "a text", default: nil) { text in
            let hasControls = text.unicodeScalars.contains {
                $0.properties.generalCategory == .control && !["\n", "\r", "\t"].contains($0)
            }
            return text.isEmpty || hasControls ? nil : text
        } ?? ""
    }

    /// Reads `true` or `false`, without quotes. The fallback is used when the key is missing, or its value is faulty.
    public mutating func boolean(_ key: String, default fallback: Bool) -> Bool {
        scalar(key, expected: "true or false", default: fallback, takesText: false) { text in
            ["true": true, "false": false][text]
        } ?? fallback
    }

    /// Reads a size in bytes such as `512K`, `64M` or `1G`, also written `512KiB`, in powers of 1024, which may be missing;
    /// zero is a fault.
    ///
    /// - Returns: bytes; `nil` if the key is missing, or its value is faulty.
    public mutating func optionalSize(_ key: String) -> UInt64? {
        guard has(key) else { return nil }
        return scalar(key, expected: "a size in bytes such as 512K, 64M or 1G", default: nil) { text in
            let units: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
            let isLong = text.hasSuffix("iB")
            let text = isLong ? text.dropLast(2) : text[...]
            let unit = text.last.flatMap { units[$0] }
            if isLong && unit == nil { return nil }
            let digits = unit == nil ? text : text.dropLast()
            guard let number = UInt64(digits), number > 0, !Self.hasLeadingZero(digits) else { return nil }
            let (size, isTooLarge) = number.multipliedReportingOverflow(by: unit ?? 1)
            return isTooLarge ? nil : size
        }
    }

    /// Reads a list of texts, none of which may hold a NUL.
    ///
    /// - Parameters:
    ///   - key: one of the section's; it counts as read, so ``finish(isComplete:)`` does not call it unknown.
    ///   - fallback: used when the key is missing, or no list; without one, a missing key and an empty list are faults.
    ///   - expected: what a fault says was expected.
    /// - Returns: the texts that are not faulty.
    public mutating func strings(
        _ key: String, default fallback: [String]? = nil, expected: String = "a list of texts"
    ) -> [String] {
        guard let node = take(key) else {
            if fallback == nil { addMissing(key, expected: expected) }
            return fallback ?? []
        }
        guard case .list(let nodes) = node.value, fallback != nil || !nodes.isEmpty else {
            report.add("\(key) is \(node.summary), expected \(expected)", at: node.origin)
            return fallback ?? []
        }
        return nodes.compactMap { node in
            // Byte by byte: a NUL with an accent would be another character.
            if let text = node.scalarText, !text.utf8.contains(0) { return text }
            report.add("\(key) has \(node.summary) in it, expected \(expected)", at: node.origin)
            return nil
        }
    }

    /// Reads one of several words.
    ///
    /// - Parameters:
    ///   - key: one of the section's; it counts as read, so ``finish(isComplete:)`` does not call it unknown.
    ///   - values: each word with what it means. Faults list the words in this order.
    ///   - fallback: used when the key is missing, or its value is faulty; without one, a missing key is a fault.
    /// - Returns: `nil` where there is a fault and no fallback.
    public mutating func choice<Value>(_ key: String, of values: [(String, Value)], default fallback: Value? = nil)
        -> Value?
    {
        let words = values.map(\.0)
        return scalar(key, expected: "one of \(words.joined(separator: ", "))", default: fallback) { text in
            values.first { $0.0 == text }?.1
        }
    }

    /// Reads one of the raw values of an enumeration, which must have a case. The fallback is used when the key is missing, or
    /// its value is faulty; without one, a missing key is a fault.
    ///
    /// - Returns: the first case where there is a fault and no fallback.
    public mutating func choice<Value: CaseIterable & RawRepresentable<String>>(
        _ key: String, as type: Value.Type = Value.self, default fallback: Value? = nil
    ) -> Value {
        guard let first = Value.allCases.first else { preconditionFailure("an enumeration without cases has no value") }
        return choice(key, of: Value.allCases.map { ($0.rawValue, $0) }, default: fallback) ?? first
    }

    private mutating func scalar<Value>(
        _ key: String, expected: String, default fallback: Value?, takesText: Bool = true, parse: (String) -> Value?
    ) -> Value? {
        guard let node = take(key) else {
            if fallback == nil { addMissing(key, expected: expected) }
            return fallback
        }
        switch node.value {
        case .scalar(let text):
            if !node.isNull, let value = parse(text) { return value }
        case .text(let text):
            if takesText, let value = parse(text) { return value }
        case .list, .map:
            break
        }
        report.add("\(key) is \(node.summary), expected \(expected)", at: node.origin)
        return fallback
    }

    private static func hasLeadingZero(_ number: some StringProtocol) -> Bool {
        let digits = number.utf8.drop { [UInt8(ascii: "+"), UInt8(ascii: "-")].contains($0) }
        return digits.count > 1 && digits.first == UInt8(ascii: "0")
    }
}
