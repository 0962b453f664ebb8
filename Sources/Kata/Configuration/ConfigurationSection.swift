/// Reads one map of a configuration, key by key, and notes what is wrong with it.
///
/// Readers return a usable value even where the configuration has a fault, so that reading goes on and every fault is
/// reported at once. Whoever reads a section calls ``finish(isComplete:)`` at the end: keys that nobody asked for are faults.
public struct ConfigurationSection: ~Copyable {
    /// Collects the faults of a configuration while its sections are read.
    public final class Report {
        public private(set) var faults: [ConfigurationFault] = []
        /// Nobody reads more than this.
        private static let limit = 100
        private var omitted = 0

        public init() {}

        public func add(_ message: String, at origin: ConfigurationOrigin) {
            let fault = ConfigurationFault(origin: origin, message: message)
            // What stands in an alias is read more than once.
            if faults.contains(fault) { return }
            if faults.count < Self.limit { faults.append(fault) } else { omitted += 1 }
        }

        /// - Throws: ``ConfigurationFaults`` if there are any, in the order of the file.
        public func throwIfFaulty() throws {
            var sorted = faults.sorted { $0.origin < $1.origin }
            guard let last = sorted.last else { return }
            if omitted > 0 {
                sorted.append(ConfigurationFault(origin: last.origin, message: "and \(omitted) more faults"))
            }
            throw ConfigurationFaults(sorted)
        }
    }

    public let origin: ConfigurationOrigin
    public let report: Report
    private let title: String
    private var entries: [ConfigurationNode.Entry] = []
    private var knownKeys: [String] = []
    private var missing: [(key: String, expected: String)] = []
    /// What is no map is one fault; that it lacks every key as well is not worth a word.
    private let isMap: Bool

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

    /// Reads a whole number.
    ///
    /// - Parameter fallback: used when the key is missing; without one, a missing key is a fault.
    public mutating func integer(_ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil) -> Int {
        let expected =
            range.upperBound == .max
            ? "a whole number from \(range.lowerBound)"
            : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return scalar(key, expected: expected, default: fallback, takesText: false) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        } ?? range.lowerBound
    }

    /// Reads a duration such as `10ms`, `1.5s`, `2m` or `1h`.
    public mutating func duration(_ key: String, default fallback: Duration? = nil) -> Duration {
        scalar(key, expected: "a duration such as 10ms, 1.5s, 2m or 1h", default: fallback) { text in
            Duration(configuration: text)
        } ?? .zero
    }

    /// Reads a duration that may be missing, and is not zero.
    public mutating func optionalDuration(_ key: String) -> Duration? {
        guard has(key) else { return nil }
        let duration = self.duration(key)
        if duration == .zero { fault(key, "is no time at all, expected a duration such as 10ms, 1.5s, 2m or 1h") }
        return duration
    }

    /// Reads a text that is not empty and holds no control characters.
    public mutating func string(_ key: String, default fallback: String? = nil) -> String {
        scalar(key, expected: "a text", default: fallback) { text in
            text.isEmpty || text.unicodeScalars.contains { $0.properties.generalCategory == .control } ? nil : text
        } ?? ""
    }

    /// Reads a text that may be missing.
    public mutating func optionalString(_ key: String) -> String? {
        has(key) ? string(key) : nil
    }

    /// Reads `true` or `false`.
    public mutating func boolean(_ key: String, default fallback: Bool) -> Bool {
        scalar(key, expected: "true or false", default: fallback, takesText: false) { text in
            ["true": true, "false": false][text]
        } ?? fallback
    }

    /// Reads a size in bytes such as `512K`, `64M` or `1G`, which may be missing.
    public mutating func optionalSize(_ key: String) -> UInt64? {
        guard has(key) else { return nil }
        return scalar(key, expected: "a size in bytes such as 512K, 64M or 1G", default: nil) { text in
            let units: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
            let unit = text.last.flatMap { units[$0] }
            guard let number = UInt64(unit == nil ? text[...] : text.dropLast()), number > 0 else { return nil }
            let (size, isTooLarge) = number.multipliedReportingOverflow(by: unit ?? 1)
            return isTooLarge ? nil : size
        }
    }

    /// Reads a list of texts.
    ///
    /// - Parameter fallback: used when the key is missing; without one, a missing key is a fault.
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
            if let text = node.scalarText, !text.contains("\0") { return text }
            report.add("\(key) has \(node.summary) in it, expected \(expected)", at: node.origin)
            return nil
        }
    }

    /// Reads one of several words.
    public mutating func choice<Value>(_ key: String, of values: [(String, Value)], default fallback: Value? = nil)
        -> Value?
    {
        let words = values.map(\.0)
        return scalar(key, expected: "one of \(words.joined(separator: ", "))", default: fallback) { text in
            values.first { $0.0 == text }?.1
        }
    }

    /// Reads one of the words of an enumeration.
    ///
    /// - Parameter fallback: used when the key is missing; without one, a missing key is a fault.
    public mutating func choice<Value: CaseIterable & RawRepresentable<String>>(
        _ key: String, as type: Value.Type = Value.self, default fallback: Value? = nil
    ) -> Value {
        guard let first = Value.allCases.first else { preconditionFailure("an enumeration without cases has no value") }
        return choice(key, of: Value.allCases.map { ($0.rawValue, $0) }, default: fallback) ?? first
    }

    /// Takes the value of a key as it is; a missing one is a fault.
    public mutating func node(_ key: String, expected: String) -> ConfigurationNode? {
        guard let node = take(key) else {
            addMissing(key, expected: expected)
            return nil
        }
        return node
    }

    /// Takes the value of a key as it is, if it is there.
    public mutating func optionalNode(_ key: String) -> ConfigurationNode? {
        take(key)
    }

    /// Whether the key is there. Asking makes it a known one.
    public mutating func has(_ key: String) -> Bool {
        know(key)
        return entries.contains { $0.key == key }
    }

    /// Where the key's value stands, or else the section.
    public func origin(of key: String) -> ConfigurationOrigin {
        entries.first { $0.key == key }?.node.origin ?? origin
    }

    /// Notes a fault of that key.
    public func fault(_ key: String, _ message: String) {
        report.add("\(key) \(message)", at: origin(of: key))
    }

    /// Notes the keys that are missing and those that nobody asked for, each with the nearest one that could have been
    /// meant. A missing key that was only misspelled is one fault.
    ///
    /// - Parameter isComplete: whether every key was asked for; if not, unknown keys are none.
    public consuming func finish(isComplete: Bool = true) {
        let unknown = isComplete ? entries.filter { !knownKeys.contains($0.key) } : []
        let meant = Set(unknown.compactMap { nearest(to: $0.key, in: knownKeys) })
        for (key, expected) in missing where !meant.contains(key) {
            report.add("\(title) has no \(key), expected \(expected)", at: origin)
        }
        for entry in unknown {
            let suggestion =
                nearest(to: entry.key, in: knownKeys)
                .map { "did you mean '\($0)'?" } ?? "expected one of \(knownKeys.sorted().joined(separator: ", "))"
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

    private mutating func addMissing(_ key: String, expected: String) {
        if isMap { missing.append((key, expected)) }
    }

    private mutating func take(_ key: String) -> ConfigurationNode? {
        know(key)
        return entries.first { $0.key == key }?.node
    }

    private mutating func know(_ key: String) {
        if !knownKeys.contains(key) { knownKeys.append(key) }
    }
}
