import Kata

extension ConfigurationNode {
    static func text(_ text: String) -> ConfigurationNode {
        ConfigurationNode(.scalar(text), origin: .file("f.yaml", line: 1, column: 1))
    }

    static func list(_ texts: [String]) -> ConfigurationNode {
        ConfigurationNode(.list(texts.map { .text($0) }), origin: .file("f.yaml", line: 1, column: 1))
    }

    /// A map with an entry on each line: the key in column 1, and its value behind it.
    static func map(_ entries: [(key: String, node: ConfigurationNode)]) -> ConfigurationNode {
        let entries = entries.enumerated().map { index, entry in
            Entry(
                key: entry.key,
                keyOrigin: .file("f.yaml", line: index + 1, column: 1),
                node: entry.node.moved(line: index + 1, column: entry.key.count + 3)
            )
        }
        return ConfigurationNode(.map(entries), origin: .file("f.yaml", line: 1, column: 1))
    }

    /// A map as the value of a key, with all that is in it on that key's line.
    static func map(_ entries: KeyValuePairs<String, ConfigurationNode>) -> ConfigurationNode {
        map(entries.map { (key: $0.key, node: $0.value) })
    }

    private func moved(line: Int, column: Int) -> ConfigurationNode {
        let origin = ConfigurationOrigin.file("f.yaml", line: line, column: column)
        switch value {
        case .scalar, .text: return ConfigurationNode(value, origin: origin)
        case .list(let nodes):
            return ConfigurationNode(.list(nodes.map { $0.moved(line: line, column: column) }), origin: origin)
        case .map(let entries):
            let entries = entries.map { entry in
                Entry(key: entry.key, keyOrigin: origin, node: entry.node.moved(line: line, column: column))
            }
            return ConfigurationNode(.map(entries), origin: origin)
        }
    }
}
