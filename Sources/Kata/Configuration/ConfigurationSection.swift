/// Reads one map of a configuration, key by key, and notes what is wrong with it.
///
/// Readers return a usable value even where the configuration has a fault, so that reading goes on and every fault is
/// reported at once. The code that reads a section calls ``finish(isComplete:)`` at the end: keys that were never read
/// are faults.
public struct ConfigurationSection: ~Copyable {
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
    /// - Parameters:
    ///   - node: the map of the section's keys and values.
    ///   - title: what the section is called in faults, such as `pipeline 'kata'`.
    ///   - report: where the faults of the section are noted; several sections may share one.
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

    /// Takes the value of a key as it is; a missing key is a fault.
    ///
    /// - Parameters:
    ///   - key: one of the section's; it counts as read, so ``finish(isComplete:)`` does not call it unknown.
    ///   - expected: what the fault says was expected.
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
    /// - Parameters:
    ///   - key: the fault's text begins with it.
    ///   - message: what follows the key in the fault's text, such as `is no time at all, expected …`.
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

    mutating func addMissing(_ key: String, expected: String) {
        if isMap { missing.append((key, expected)) }
    }

    mutating func take(_ key: String) -> ConfigurationNode? {
        know(key)
        return value(of: key)
    }

    func value(of key: String) -> ConfigurationNode? {
        entries.first { $0.key == key }?.node
    }

    mutating func know(_ key: String) {
        if !knownKeys.contains(key) { knownKeys.append(key) }
    }
}
