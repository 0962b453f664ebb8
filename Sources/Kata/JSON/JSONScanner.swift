/// Reads JSON text value by value, without building a tree.
///
/// A JSON library would be less code, but it gives values, and an item that is not a string has to be kept as the text
/// it was: with its numbers as they were written and its keys in their order. It also reads a million lines a few times
/// faster.
package struct JSONScanner {
    /// What is wrong, and where.
    package struct Fault: Error, Hashable {
        /// A sentence with what was expected, without the place.
        package let message: String
        /// In bytes from the beginning of the text, the first byte being 0.
        package let offset: Int
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    /// How many bytes were read.
    package private(set) var offset: Int
    private let end: Int
    private static let depthLimit = 512

    /// - Parameter bytes: UTF-8, which has to stay there for as long as the scanner is used.
    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        offset = 0
        end = bytes.count
    }

    /// The next byte that is no white space, which is not read yet; `nil` at the end.
    package mutating func peek() -> UInt8? {
        while offset < end {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0a, 0x0d: offset += 1
            default: return bytes[offset]
            }
        }
        return nil
    }

    /// Goes past white space, and past an ASCII character if that comes next.
    ///
    /// - Returns: whether it came.
    package mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let next = peek(), UInt32(next) == character.value else { return false }
        offset += 1
        return true
    }

    /// Goes past an ASCII character, which has to come next.
    ///
    /// - Parameter expected: what the fault says was expected.
    /// - Throws: ``Fault``.
    package mutating func expect(_ character: Unicode.Scalar, _ expected: String) throws {
        if !skip(character) { throw unexpected(expected) }
    }

    /// A fault at the place up to which was read.
    package func fault(_ message: String) -> Fault { Fault(message: message, offset: offset) }

    /// The fault that what comes next, or the end of the text, is not what was expected. The message names both.
    package mutating func unexpected(_ expected: String) -> Fault {
        guard let next = peek() else { return fault("the text ends too early, expected \(expected)") }
        let found = (0x20..<0x7f).contains(next) ? "'\(Unicode.Scalar(next))'" : "byte \(next)"
        return fault("there is \(found), expected \(expected)")
    }

    /// Reads a string, with its escapes resolved.
    ///
    /// - Throws: ``Fault``, also for what is not valid UTF-8.
    package mutating func string() throws -> String {
        try expect("\"", "a string")
        let start = offset
        var hasEscapes = false
        scan: while true {
            guard offset < end else {
                offset = end
                throw fault("a string has no end, expected '\"'")
            }
            switch bytes[offset] {
            case UInt8(ascii: "\""): break scan
            case UInt8(ascii: "\\"):
                hasEscapes = true
                offset += 2
            case 0..<0x20: throw fault("there is a control character in a string, expected an escape such as \\n")
            default: offset += 1
            }
        }
        let content = UnsafeBufferPointer(rebasing: bytes[start..<offset])
        offset += 1
        if hasEscapes { return try unescape(content, at: start) }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw Fault(message: "a string is not valid UTF-8", offset: start)
        }
        return text
    }

    /// Goes past any value, at most 512 levels deep, and gives its text without white space between its parts. Numbers,
    /// strings and the order of keys are as they were written.
    ///
    /// - Throws: ``Fault``.
    package mutating func compactText() throws -> String {
        var text: [UInt8] = []
        var closers: [UInt8] = []
        repeat {
            try appendValueStart(to: &text, closers: &closers)
            try appendSeparators(to: &text, closers: &closers)
        } while !closers.isEmpty
        guard let text = String(validating: text, as: UTF8.self) else { throw fault("a string is not valid UTF-8") }
        return text
    }

    /// Reads a number, as the text that it was written in, or one of the words `true`, `false` and `null`.
    ///
    /// - Throws: ``Fault``.
    package mutating func word() throws -> String {
        _ = peek()
        let start = offset
        while offset < end, Self.isWord(bytes[offset]) { offset += 1 }
        let word = String(decoding: bytes[start..<offset], as: UTF8.self)
        guard ["true", "false", "null"].contains(word) || Self.isNumber(bytes[start..<offset]) else {
            offset = start
            throw word.isEmpty ? unexpected("a value") : fault("there is '\(word.abbreviated)', expected a value")
        }
        return word
    }

    /// Appends a scalar, or what opens a list or an object, up to its first scalar.
    private mutating func appendValueStart(to text: inout [UInt8], closers: inout [UInt8]) throws {
        while true {
            switch peek() {
            case UInt8(ascii: "{"):
                try open("{", closer: UInt8(ascii: "}"), &text, &closers)
                if peek() == UInt8(ascii: "}") { return }
                try appendKey(to: &text)
            case UInt8(ascii: "["):
                try open("[", closer: UInt8(ascii: "]"), &text, &closers)
                if peek() == UInt8(ascii: "]") { return }
            case UInt8(ascii: "\""):
                return try appendString(to: &text)
            default:
                return try text.append(contentsOf: word().utf8)
            }
        }
    }

    /// Appends what closes lists and objects after a value, and the comma and the key that lead to the next value.
    private mutating func appendSeparators(to text: inout [UInt8], closers: inout [UInt8]) throws {
        while let closer = closers.last {
            let next = peek()
            if next == closer {
                offset += 1
                text.append(closer)
                closers.removeLast()
            } else if next == UInt8(ascii: ","), text.last != UInt8(ascii: "{"), text.last != UInt8(ascii: "[") {
                offset += 1
                text.append(UInt8(ascii: ","))
                if closer == UInt8(ascii: "}") { try appendKey(to: &text) }
                return
            } else {
                throw unexpected("',' or '\(Unicode.Scalar(closer))'")
            }
        }
    }

    private mutating func open(
        _ opener: Unicode.Scalar, closer: UInt8, _ text: inout [UInt8], _ closers: inout [UInt8]
    ) throws {
        if closers.count == Self.depthLimit {
            throw fault("values are nested too deeply, expected at most \(Self.depthLimit) levels")
        }
        offset += 1
        text.append(UInt8(ascii: opener))
        closers.append(closer)
    }

    private mutating func appendKey(to text: inout [UInt8]) throws {
        if peek() != UInt8(ascii: "\"") { throw unexpected("a key in quotes") }
        try appendString(to: &text)
        try expect(":", "':'")
        text.append(UInt8(ascii: ":"))
    }

    private mutating func appendString(to text: inout [UInt8]) throws {
        let start = offset
        _ = try string()
        text.append(contentsOf: bytes[start..<offset])
    }

    private func unescape(_ content: UnsafeBufferPointer<UInt8>, at start: Int) throws -> String {
        var text: [UInt8] = []
        text.reserveCapacity(content.count)
        var index = 0
        func fault(_ message: String) -> Fault { Fault(message: message, offset: start + index) }
        while index < content.count {
            let byte = content[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            guard index < content.count else { throw fault("a string has no end, expected '\"'") }
            let escape = content[index]
            index += 1
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0c)
            case UInt8(ascii: "n"): text.append(0x0a)
            case UInt8(ascii: "r"): text.append(0x0d)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"):
                guard let scalar = Self.scalar(content, &index) else {
                    throw fault(
                        "there is no character of that \\u, expected four hexadecimal digits, surrogates in pairs")
                }
                text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            default: throw fault("there is no such escape, expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")
            }
        }
        guard let text = String(validating: text, as: UTF8.self) else { throw fault("a string is not valid UTF-8") }
        return text
    }

    /// The character of a `\u` escape, or of two if they are a surrogate pair; `nil` if it is none.
    private static func scalar(_ content: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Unicode.Scalar? {
        func unit() -> UInt32? {
            guard index + 4 <= content.count else { return nil }
            var value: UInt32 = 0
            for _ in 0..<4 {
                guard let digit = Character(Unicode.Scalar(content[index])).hexDigitValue, content[index] < 0x80 else {
                    return nil
                }
                value = value * 16 + UInt32(digit)
                index += 1
            }
            return value
        }
        guard let first = unit() else { return nil }
        guard (0xd800..<0xdc00).contains(first) else { return Unicode.Scalar(first) }
        guard index + 2 <= content.count, content[index] == UInt8(ascii: "\\"), content[index + 1] == UInt8(ascii: "u")
        else { return nil }
        index += 2
        guard let second = unit(), (0xdc00..<0xe000).contains(second) else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte.isASCIILetterOrDigit || [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
    }

    /// Whether it is `-`, digits without a leading zero, a fraction, an exponent.
    private static func isNumber(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var rest = bytes
        func digits() -> Int {
            let count = rest.prefix { (48...57).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        if whole == 0 || startsWithZero && whole > 1 { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            if digits() == 0 { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            if digits() == 0 { return false }
        }
        return rest.isEmpty
    }
}
