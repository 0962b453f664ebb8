/// Reads one map of a configuration, key by key, and notes what is wrong with it.
///
/// Readers return a usable value even where the configuration has a fault, so that reading goes on and every fault is
/// reported at once. The code that reads a section calls ``finish(isComplete:)`` at the end: keys that were never read
/// are faults.
public struct ConfigurationSection: ~Copyable {
    /// Collects the faults of a configuration while its sections are read.
    public final class Report {
        /// In the order in which they were noted, each once, and at most 100.
        public private(set) var faults: [ConfigurationFault] = []
        /// How many faults are kept; more than that are only counted.
        fileprivate static let limit = 100
        private var omitted = 0

        /// A report without faults.
        public init() {}

        /// Notes a fault, unless the same fault at the same place was noted before.
        ///
        /// - Parameter message: what is wrong and what was expected.
        public func add(_ message: String, at origin: ConfigurationOrigin) {
            let fault = ConfigurationFault(origin: origin, message: message)
            // A value that YAML aliases refer to is read more than once.
            if faults.contains(fault) { return }
            if faults.count < Self.limit { faults.append(fault) } else { omitted += 1 }
        }

        /// - Throws: ``ConfigurationFaults`` if faults were noted, in the order of the file. If there were more than
        ///   100, the last one says how many were left out.
        public func throwIfFaulty() throws {
            var sorted = faults.sorted { $0.origin < $1.origin }
            guard let last = sorted.last else { return }
            if omitted > 0 {
                sorted.append(ConfigurationFault(origin: last.origin, message: "and \(counted(omitted, "more fault"))"))
            }
            throw ConfigurationFaults(sorted)
        }
    }

    /// Where the section's map begins; faults about missing keys name this place.
    public let origin: ConfigurationOrigin
    /// Where this section's faults are noted. Sections inside this one are to share it.
    public let report: Report
    private let title: String
    private var entries: [ConfigurationNode.Entry] = []
    private var knownKeys: [String] = []
    private var missing: [(key: String, expected: String)] = []
    /// A value that is no map is one fault; the keys that it lacks as well are not reported.
    private let isMap: Bool

    /// A node that is no map is noted as a fault, and read as a map without keys.
    ///
    /// - Parameter title: what the section is called in faults, such as `pipeline 'kata'`.
    public init(_ node: ConfigurationNode, title: String, report: Report) {
        origin = node.origin
        self.title = title
        self.report = report
        switch node.value {
        case .map(let entries):
            self.entries = entries
            isMap = true
        case .scalar, .text, .list:
            report.add("\(title) is \(node.summary), expected a map of keys and values", at: node.origin)
            isMap = false
        }
    }

    /// Reads a whole number without quotes, and without zeros before it: to some readers of YAML 010 is eight.
    ///
    /// - Parameter fallback: used when the key is missing, or its value is faulty; without one, a missing key is a
    ///   fault.
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

    /// Reads a duration such as `10ms`, `1.5s`, `2m`, `1h`, `7d` or `2w`, at most 365 days.
    ///
    /// - Parameter fallback: used when the key is missing, or its value is faulty; without one, a missing key is a
    ///   fault.
    /// - Returns: zero where there is a fault and no fallback.
    public mutating func duration(_ key: String, default fallback: Duration? = nil) -> Duration {
        scalar(key, expected: "a duration such as 10ms, 1.5s, 2m or 1h", default: fallback) { text in
            Duration(configuration: text)
        } ?? .zero
    }

    /// Reads a duration that may be missing; zero is a fault.
    ///
    /// - Returns: `nil` if the key is missing or faulty.
    public mutating func optionalDuration(_ key: String) -> Duration? {
        guard has(key) else { return nil }
        return scalar(key, expected: "a duration longer than 0 such as 10ms, 1.5s, 2m or 1h", default: nil) { text in
            Duration(configuration: text).flatMap { $0 > .zero ? $0 : nil }
        }
    }

    /// Reads a text that is not empty and holds no control characters, in quotes or not.
    ///
    /// - Parameter fallback: used when the key is missing, or its value is faulty; without one, a missing key is a
    ///   fault.
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

    /// Reads `true` or `false`, without quotes.
    ///
    /// - Parameter fallback: used when the key is missing, or its value is faulty.
    public mutating func boolean(_ key: String, default fallback: Bool) -> Bool {
        scalar(key, expected: "true or false", default: fallback, takesText: false) { text in
            ["true": true, "false": false][text]
        } ?? fallback
    }

    /// Reads a size in bytes such as `512K`, `64M` or `1G`, in powers of 1024, which may be missing; zero is a fault.
    ///
    /// - Returns: bytes; `nil` if the key is missing, or its value is faulty.
    public mutating func optionalSize(_ key: String) -> UInt64? {
        guard has(key) else { return nil }
        return scalar(key, expected: "a size in bytes such as 512K, 64M or 1G", default: nil) { text in
            let units: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
            let unit = text.last.flatMap { units[$0] }
            let digits = unit == nil ? text[...] : text.dropLast()
            guard let number = UInt64(digits), number > 0, !Self.hasLeadingZero(digits) else { return nil }
            let (size, isTooLarge) = number.multipliedReportingOverflow(by: unit ?? 1)
            return isTooLarge ? nil : size
        }
    }

    /// Reads a list of texts, none of which may hold a NUL.
    ///
    /// - Parameters:
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

    /// Reads one of the raw values of an enumeration, which must have a case.
    ///
    /// - Parameter fallback: used when the key is missing, or its value is faulty; without one, a missing key is a
    ///   fault.
    /// - Returns: the first case where there is a fault and no fallback.
    public mutating func choice<Value: CaseIterable & RawRepresentable<String>>(
        _ key: String, as type: Value.Type = Value.self, default fallback: Value? = nil
    ) -> Value {
        guard let first = Value.allCases.first else { preconditionFailure("an enumeration without cases has no value") }
        return choice(key, of: Value.allCases.map { ($0.rawValue, $0) }, default: fallback) ?? first
    }

    /// Takes the value of a key as it is; a missing key is a fault.
    ///
    /// - Parameter expected: what the fault says was expected.
    /// - Returns: `nil` if the key is missing.
    public mutating func node(_ key: String, expected: String) -> ConfigurationNode? {
        guard let node = take(key) else {
            addMissing(key, expected: expected)
            return nil
        }
        return node
    }

    /// Takes the value of a key as it is; `nil` if the key is missing, which is no fault.
    public mutating func optionalNode(_ key: String) -> ConfigurationNode? {
        take(key)
    }

    /// Whether the key is there. Asking counts as reading the key, so ``finish(isComplete:)`` does not call it unknown.
    public mutating func has(_ key: String) -> Bool {
        know(key)
        return entries.contains { $0.key == key }
    }

    /// Where the key's value stands, or the section's place if the key is missing.
    public func origin(of key: String) -> ConfigurationOrigin {
        entries.first { $0.key == key }?.node.origin ?? origin
    }

    /// Notes a fault of a key, at its value's place, or at the section's if the key is missing.
    ///
    /// - Parameter message: what follows the key in the fault's text, such as `is no time at all, expected …`.
    public func fault(_ key: String, _ message: String) {
        report.add("\(key) \(message)", at: origin(of: key))
    }

    /// Notes the keys that are missing and the keys that were never read, each of these with the nearest known key that
    /// could have been meant. A missing key that was only misspelled is one fault.
    ///
    /// - Parameter isComplete: whether every key was read that the section may have; if not, unknown keys are no
    ///   faults.
    public consuming func finish(isComplete: Bool = true) {
        let unknown = isComplete ? entries.filter { !knownKeys.contains($0.key) } : []
        // No more are told than there are places in a report, and a file may be full of them.
        let suggestions = unknown.prefix(Report.limit).map { nearest(to: $0.key, in: knownKeys) }
        let meant = Set(suggestions.compactMap { $0 })
        for (key, expected) in missing where !meant.contains(key) {
            report.add("\(title) has no \(key), expected \(expected)", at: origin)
        }
        for (index, entry) in unknown.enumerated() {
            let near = index < suggestions.count ? suggestions[index] : nil
            let suggestion =
                near.map { "did you mean '\($0)'?" }
                ?? "expected one of \(knownKeys.sorted().joined(separator: ", "))"
            report.add("unknown key '\(entry.key.abbreviated)' in \(title), \(suggestion)", at: entry.keyOrigin)
        }
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

    private mutating func addMissing(_ key: String, expected: String) {
        if isMap { missing.append((key, expected)) }
    }

    private mutating func take(_ key: String) -> ConfigurationNode? {
        know(key)
        return value(of: key)
    }

    private func value(of key: String) -> ConfigurationNode? {
        entries.first { $0.key == key }?.node
    }

    private mutating func know(_ key: String) {
        if !knownKeys.contains(key) { knownKeys.append(key) }
    }
}
