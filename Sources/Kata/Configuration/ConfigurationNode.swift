/// A configuration value with the place it came from; what a YAML file is once it is parsed.
///
/// Two nodes are equal if they say the same, wherever they stand.
public struct ConfigurationNode: Sendable, Hashable {
    public indirect enum Value: Sendable, Hashable {
        case scalar(String)
        /// A scalar in quotes: a text, whatever it looks like.
        case text(String)
        case list([ConfigurationNode])
        /// In the order of the file; no key stands twice.
        case map([Entry])
    }

    public struct Entry: Sendable, Hashable {
        public let key: String
        public let keyOrigin: ConfigurationOrigin
        public let node: ConfigurationNode

        public init(key: String, keyOrigin: ConfigurationOrigin, node: ConfigurationNode) {
            self.key = key
            self.keyOrigin = keyOrigin
            self.node = node
        }

        public static func == (left: Entry, right: Entry) -> Bool {
            left.key == right.key && left.node == right.node
        }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(key)
            hasher.combine(node)
        }
    }

    public let value: Value
    public let origin: ConfigurationOrigin

    public init(_ value: Value, origin: ConfigurationOrigin) {
        self.value = value
        self.origin = origin
    }

    public static func == (left: ConfigurationNode, right: ConfigurationNode) -> Bool {
        left.value == right.value
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(value)
    }

    /// The same map with one key set anew, or `self` if it is no map.
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

    public subscript(key: String) -> ConfigurationNode? {
        guard case .map(let entries) = value else { return nil }
        return entries.first { $0.key == key }?.node
    }

    /// The text of a scalar, in quotes or not; `nil` if it is nothing, a list or a map.
    public var scalarText: String? {
        switch value {
        case .scalar(let text): isNull ? nil : text
        case .text(let text): text
        case .list, .map: nil
        }
    }

    /// Whether it is there without saying anything: empty, or YAML's null.
    var isNull: Bool {
        guard case .scalar(let text) = value else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What it is, for a fault's text.
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
}

extension String {
    /// At most 40 characters, for a fault's text.
    package var abbreviated: String { count > 40 ? prefix(40) + "…" : self }
}
