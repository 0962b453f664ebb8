extension ConfigurationNode {
    /// Writes it as JSON: what looks like a number, `true`, `false` or nothing is that, unless it stands in quotes.
    package func write(to json: inout JSONWriter) {
        switch value {
        case .scalar where isNull: json.raw("null")
        case .scalar(let text) where Self.isWord(text): json.raw(text)
        case .scalar(let text), .text(let text): json.string(text)
        case .list(let nodes):
            json.raw("[")
            for (index, node) in nodes.enumerated() {
                if index > 0 { json.raw(",") }
                node.write(to: &json)
            }
            json.raw("]")
        case .map(let entries):
            json.raw("{")
            for (index, entry) in entries.enumerated() {
                if index > 0 { json.raw(",") }
                json.string(entry.key)
                json.raw(":")
                entry.node.write(to: &json)
            }
            json.raw("}")
        }
    }

    private static func isWord(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            // What is no word is a text; why it is none does not matter.
            return (try? scanner.word()) == text
        }
    }
}
