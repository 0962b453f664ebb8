/// What is the same in errors that tell the same thing of different jobs: numbers, paths, quoted texts and ids are masked.
///
/// `exited with 3: can't open '/var/a7': line 12` is `exited with #: can't open '…': line #`.
public struct ErrorPattern: Hashable, Sendable {
    /// The masked error, on one line.
    public let text: String

    /// From how many letters and digits on a word with both is an id.
    private static let idLength = 8

    /// Masks an error.
    public init(of error: String) {
        var words: [String] = []
        for word in Self.maskingQuotes(error).split(whereSeparator: { " \t\r\n".utf8.contains($0) }) {
            words.append(Self.masked(word))
        }
        text = words.joined(separator: " ")
    }

    /// Replaces what stands between two quotes of the same kind. An apostrophe within a word is no quote.
    private static func maskingQuotes(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var masked: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            let isQuote = "'\"`".utf8.contains(byte) && !(place > 0 && bytes[place - 1].isWordPart)
            if isQuote, let end = bytes[(place + 1)...].firstIndex(of: byte) {
                masked += [byte] + Array("…".utf8) + [byte]
                place = end + 1
            } else {
                masked.append(byte)
                place += 1
            }
        }
        return masked
    }

    private static func masked(_ word: ArraySlice<UInt8>) -> String {
        // What surrounds a word stays: brackets, and the marks behind it.
        let start = word.firstIndex { !"([{<".utf8.contains($0) } ?? word.endIndex
        let end = word[start...].lastIndex { !")]}>,.:;!?".utf8.contains($0) }.map { $0 + 1 } ?? start
        let core = word[start..<end]
        let before = String(decoding: word[..<start], as: UTF8.self)
        let after = String(decoding: word[end...], as: UTF8.self)
        if core.contains(UInt8(ascii: "/")) && core.count > 1 { return before + "<path>" + after }
        return before + (isID(core) ? "<id>" : maskingNumbers(core)) + after
    }

    /// Whether a word is made of letters, digits, `-` and `_`, with digits among them, and is long enough to name one thing.
    private static func isID(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count >= idLength, word.contains(where: \.isDigit) else { return false }
        // A word with a number, such as `worker-12`, is none; an id goes from letters to digits and back.
        var changes = 0
        var previous: Bool?
        for byte in word where byte.isWordPart {
            if let previous, previous != byte.isDigit { changes += 1 }
            previous = byte.isDigit
        }
        return changes >= 3 && word.allSatisfy { $0.isWordPart || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    /// Replaces each number, with its point, by one `#`.
    private static func maskingNumbers(_ word: ArraySlice<UInt8>) -> String {
        var masked: [UInt8] = []
        for (place, byte) in zip(word.indices, word) {
            let isPoint =
                byte == UInt8(ascii: ".") && masked.last == UInt8(ascii: "#") && place + 1 < word.endIndex
                && word[place + 1].isDigit
            if byte.isDigit || isPoint {
                if masked.last != UInt8(ascii: "#") { masked.append(UInt8(ascii: "#")) }
            } else {
                masked.append(byte)
            }
        }
        return String(decoding: masked, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    /// Whether it is a letter or a digit, or part of a letter beyond ASCII.
    fileprivate var isWordPart: Bool {
        isDigit || (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self) || self >= 0x80
    }
}
