@testable import Kata

extension ConfigurationNode {
    static func text(_ text: String, line: Int = 1, column: Int = 1) -> ConfigurationNode {
        ConfigurationNode(.scalar(text), origin: .file("f.yaml", line: line, column: column))
    }

    /// A text in quotes.
    static func quoted(_ text: String) -> ConfigurationNode {
        ConfigurationNode(.text(text), origin: .file("f.yaml", line: 1, column: 1))
    }

    static func list(_ texts: [String]) -> ConfigurationNode {
        ConfigurationNode(.list(texts.map { .text($0) }), origin: .file("f.yaml", line: 1, column: 1))
    }

    /// A map with an entry on each line, from `line` on: the key in column 1, and its value behind it.
    static func map(line: Int = 1, _ entries: KeyValuePairs<String, ConfigurationNode>) -> ConfigurationNode {
        let entries = entries.enumerated().map { index, entry in
            Entry(
                key: entry.key,
                keyOrigin: .file("f.yaml", line: line + index, column: 1),
                node: ConfigurationNode(
                    entry.value.value,
                    origin: .file("f.yaml", line: line + index, column: entry.key.count + 3)
                )
            )
        }
        return ConfigurationNode(.map(entries), origin: .file("f.yaml", line: line, column: 1))
    }
}

/// Reads a section and gives what was read, with the faults as they are shown.
func read<Value>(
    _ node: ConfigurationNode, _ body: (inout ConfigurationSection) -> Value
) -> (value: Value, faults: [String]) {
    let report = ConfigurationSection.Report()
    var section = ConfigurationSection(node, title: "the section", report: report)
    let value = body(&section)
    section.finish()
    return (value, report.faults.map(\.description))
}
