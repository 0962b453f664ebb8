/// The words of a search field: `state:failed pipeline:mail error:"timed out" alice`.
public struct QueryWords: Hashable, Sendable {
    /// What stands before a colon, and what behind it, in order. A word without a colon is looked for in items.
    public let fields: [Field]

    public struct Field: Hashable, Sendable {
        public let name: String
        public let value: String
    }

    /// The names that have a meaning. Any other is part of a word, as in `http://example.org`.
    public static let names = ["state", "pipeline", "item", "error", "key", "unique", "tag", "since", "until", "group"]

    /// Reads a text. Quotation marks keep blanks together.
    public init(_ text: String) {
        var fields: [Field] = []
        var word = ""
        var isQuoted = false
        func end() {
            if !word.isEmpty { fields.append(Self.field(word)) }
            word = ""
        }
        for scalar in text.unicodeScalars {
            if scalar == "\"" {
                isQuoted.toggle()
            } else if !isQuoted && scalar.properties.isWhitespace {
                end()
            } else {
                word.unicodeScalars.append(scalar)
            }
        }
        end()
        self.fields = fields
    }

    private static func field(_ word: String) -> Field {
        let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, names.contains(parts[0]) { return Field(name: parts[0], value: parts[1]) }
        return Field(name: "item", value: word)
    }
}
