import KataTestSupport

/// Makes JSON texts, and texts that are nearly JSON.
struct RandomJSON {
    private var generator: SeededGenerator
    private static let strings = [
        "", "a", "é", "😀", " ", #"\""#, #"\\"#, #"\/"#, #"\n"#, #"\u0041"#, #"\u00e9"#, #"\ud83d\ude00"#, "{", "]", ":",
        ",",
        "\u{7f}", "\u{2028}", "null", "1",
    ]
    private static let alphabet =
        Array(#"{}[],:"\ 0123456789.eE+-truefalsn/ud8c0"#.utf8) + [0x01, 0x0a, 0x7f, 0x80, 0xc3, 0xff]

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func text() -> JSONText {
        JSONText(value(depth: 0))
    }

    /// The same text with a few bytes changed, taken away, added or moved.
    mutating func mutation(of text: JSONText) -> JSONText {
        var bytes = text.bytes
        for _ in 0..<number(1...3) {
            let index = number(0...bytes.count)
            let byte = Self.alphabet[number(0...Self.alphabet.count - 1)]
            switch number(0...4) {
            case 0 where index < bytes.count: bytes[index] = byte
            case 1 where index < bytes.count: bytes.remove(at: index)
            case 2: bytes.insert(byte, at: index)
            case 3: bytes.removeLast(min(bytes.count, number(0...4)))
            default: bytes.insert(contentsOf: bytes.prefix(number(0...3)), at: index)
            }
        }
        return JSONText(bytes: bytes)
    }

    private mutating func value(depth: Int) -> String {
        let text: String
        switch number(0...(depth < 4 ? 9 : 5)) {
        case 0: text = ["null", "true", "false"][number(0...2)]
        case 1, 2: text = numberText()
        case 3...5: text = string()
        case 6, 7: text = "[" + list { $0.value(depth: depth + 1) } + "]"
        default: text = "{" + list { $0.space() + $0.string() + $0.space() + ":" + $0.value(depth: depth + 1) } + "}"
        }
        return space() + text + space()
    }

    private mutating func list(_ element: (inout RandomJSON) -> String) -> String {
        let count = number(0...3)
        return count == 0 ? space() : (0..<count).map { _ in element(&self) }.joined(separator: ",")
    }

    private mutating func string() -> String {
        "\"" + (0..<number(0...3)).map { _ in Self.strings[number(0...Self.strings.count - 1)] }.joined() + "\""
    }

    private mutating func numberText() -> String {
        var text = number(0...1) == 0 ? "-" : ""
        text += String(number(0...1) == 0 ? number(0...9) : number(10...99_999))
        if number(0...2) == 0 { text += "." + String(number(0...999)) }
        if number(0...3) == 0 { text += ["e", "E", "e+", "E-"][number(0...3)] + String(number(0...20)) }
        return text
    }

    private mutating func space() -> String {
        ["", "", "", "", " ", "\n", "\t ", "\r\n"][number(0...7)]
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &generator)
    }
}
