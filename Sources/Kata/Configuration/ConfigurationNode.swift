/// A configuration value with the place it came from; what a YAML file is once it is parsed.
///
/// Two nodes are equal if they say the same, wherever they stand.
public struct ConfigurationNode: Sendable, Hashable {
    /// The content of a node. What a scalar is, such as a number or a duration, is decided by whoever reads it.
    public indirect enum Value: Sendable, Hashable {
        /// A scalar without quotes, as its text.
        case scalar(String)
        /// A scalar in quotes: a text, even if it looks like a number or a word such as `true`.
        case text(String)
        case list([ConfigurationNode])
        /// In the order of the file. In YAML no key stands twice.
        case map([Entry])
    }

    /// A key of a map with its value. Two entries are equal if key and value are, wherever they stand.
    public struct Entry: Sendable, Hashable {
        /// The key's text, with or without quotes in the file.
        public let key: String
        /// Where the key stands, for faults of the key itself.
        public let keyOrigin: ConfigurationOrigin
        /// The key's value.
        public let node: ConfigurationNode

        /// - Parameters:
        ///   - key: its text, without the quotes that it may have in the file.
        ///   - keyOrigin: where the key stands; `node` has its own origin.
        ///   - node: the key's value.
        public init(key: String, keyOrigin: ConfigurationOrigin, node: ConfigurationNode) {
            self.key = key
            self.keyOrigin = keyOrigin
            self.node = node
        }

        /// Leaves the places out.
        public static func == (left: Entry, right: Entry) -> Bool {
            left.key == right.key && left.node == right.node
        }

        /// Leaves the places out, as `==` does.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(key)
            hasher.combine(node)
        }
    }

    /// What stands there.
    public let value: Value
    /// Where the value begins. Does not count in a comparison.
    public let origin: ConfigurationOrigin

    /// - Parameters:
    ///   - value: what stands there.
    ///   - origin: the place that faults of this value name.
    public init(_ value: Value, origin: ConfigurationOrigin) {
        self.value = value
        self.origin = origin
    }

    /// Leaves the places out.
    public static func == (left: ConfigurationNode, right: ConfigurationNode) -> Bool {
        left.value == right.value
    }

    /// Leaves the places out, as `==` does.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(value)
    }

    /// The same map with one key set anew, at its old place or else at the end; `self` if the node is no map.
    public func setting(_ key: String, to node: ConfigurationNode) -> ConfigurationNode {
        guard case .map(var entries) = value else { return self }
        let entry = Entry(key: key, keyOrigin: node.origin, node: node)
        if let index = entries.firstIndex(where: { $0.key == key }) {
            entries[index] = entry
        } else {
            entries.append(entry)
        }
        return ConfigurationNode(.map(entries), origin: origin)
    }

    /// The value of a key; `nil` if the key is missing, or the node is no map.
    public subscript(key: String) -> ConfigurationNode? {
        guard case .map(let entries) = value else { return nil }
        return entries.first { $0.key == key }?.node
    }

    /// The text of a scalar, in quotes or not; `nil` if the node is nothing, a list or a map.
    public var scalarText: String? {
        switch value {
        case .scalar(let text): isNull ? nil : text
        case .text(let text): text
        case .list, .map: nil
        }
    }

    /// Whether the node is there without saying anything: empty, or YAML's null.
    var isNull: Bool {
        guard case .scalar(let text) = value else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What the node is, for a fault's text: a scalar's first 40 Unicode scalars, or the kind of the value.
    public var summary: String {
        switch value {
        case .scalar where isNull: "nothing"
        case .map([]): "an empty map"
        case .scalar(let text): "'\(text.abbreviated)'"
        case .text(let text): "the text \"\(text.abbreviated)\""
        case .list: "a list"
        case .map: "a map"
        }
    }

    /// The kind of the value, for a fault's text about what may be a secret.
    public var kind: String {
        switch value {
        case .scalar where isNull: "nothing"
        case .scalar, .text: "a text"
        case .map([]): "an empty map"
        case .list: "a list"
        case .map: "a map"
        }
    }
}
