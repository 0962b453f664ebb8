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

extension ConfigurationNode {
    /// Reads JSON. All of it comes from one place.
    ///
    /// - Throws: ``JSONScanner/Fault``.
    package init(json scanner: inout JSONScanner, origin: ConfigurationOrigin) throws {
        if scanner.peek() == UInt8(ascii: "\"") {
            self.init(.text(try scanner.string()), origin: origin)
        } else if scanner.skip("[") {
            var nodes: [ConfigurationNode] = []
            if !scanner.skip("]") {
                repeat { nodes.append(try ConfigurationNode(json: &scanner, origin: origin)) } while scanner.skip(",")
                try scanner.expect("]", "',' or ']'")
            }
            self.init(.list(nodes), origin: origin)
        } else if scanner.skip("{") {
            var entries: [Entry] = []
            if !scanner.skip("}") {
                repeat {
                    let key = try scanner.string()
                    try scanner.expect(":", "':'")
                    let node = try ConfigurationNode(json: &scanner, origin: origin)
                    entries.append(Entry(key: key, keyOrigin: origin, node: node))
                } while scanner.skip(",")
                try scanner.expect("}", "',' or '}'")
            }
            self.init(.map(entries), origin: origin)
        } else {
            self.init(.scalar(try scanner.word()), origin: origin)
        }
    }
}
