extension ConfigurationNode {
    /// Writes the node as JSON. A scalar that looks like a number, `true` or `false` is written as that, and an empty
    /// one as `null`, unless it stands in quotes.
    package func write(to json: inout JSONWriter) {
        switch value {
        case .scalar where isNull: json.raw("null")
        case .scalar(let text) where Self.isWord(text): json.raw(text)
        case .scalar(let text), .text(let text): json.string(text)
        case .list(let nodes):
            json.list { json in
                for node in nodes { node.write(to: &json) }
            }
        case .map(let entries):
            json.object { json in
                for entry in entries {
                    json.key(entry.key)
                    entry.node.write(to: &json)
                }
            }
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
    /// How deep lists and objects may be nested: a level takes some of the stack.
    private static let depthLimit = 128

    /// Reads one JSON value, at most 128 levels deep; text behind it is left to be read. Strings are texts, and all else
    /// keeps the words of the JSON. Keys that stand twice are both kept.
    ///
    /// - Parameter origin: the place of every node.
    /// - Throws: ``JSONScanner/Fault``.
    package init(json scanner: inout JSONScanner, origin: ConfigurationOrigin) throws {
        try self.init(json: &scanner, origin: origin, depth: 0)
    }

    private init(json scanner: inout JSONScanner, origin: ConfigurationOrigin, depth: Int) throws {
        if scanner.peek() == UInt8(ascii: "\"") {
            self.init(.text(try scanner.string()), origin: origin)
        } else if scanner.skip("[") {
            try Self.check(depth, scanner)
            var nodes: [ConfigurationNode] = []
            if !scanner.skip("]") {
                repeat {
                    nodes.append(try ConfigurationNode(json: &scanner, origin: origin, depth: depth + 1))
                } while scanner.skip(",")
                try scanner.expect("]", "',' or ']'")
            }
            self.init(.list(nodes), origin: origin)
        } else if scanner.skip("{") {
            try Self.check(depth, scanner)
            var entries: [Entry] = []
            if !scanner.skip("}") {
                repeat {
                    let key = try scanner.string()
                    try scanner.expect(":", "':'")
                    let node = try ConfigurationNode(json: &scanner, origin: origin, depth: depth + 1)
                    entries.append(Entry(key: key, keyOrigin: origin, node: node))
                } while scanner.skip(",")
                try scanner.expect("}", "',' or '}'")
            }
            self.init(.map(entries), origin: origin)
        } else {
            self.init(.scalar(try scanner.word()), origin: origin)
        }
    }

    private static func check(_ depth: Int, _ scanner: JSONScanner) throws {
        if depth == depthLimit {
            throw scanner.fault("values are nested too deeply, expected at most \(depthLimit) levels")
        }
    }
}
