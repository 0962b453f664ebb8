extension ExportFormat {
    /// Escapes `\` as `\\`, CR as `\r`, LF as `\n` and every other control character (U+0000–U+001F, U+007F–U+009F) as
    /// `\u00XX`, in lower case.
    public static func escape(_ item: String) -> String {
        var bytes: [UInt8] = []
        appendEscaped(item, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads back what ``escape(_:)`` wrote; `nil` if ``escape(_:)`` could not have written the text.
    public static func unescape(_ text: String) -> String? {
        var scalars = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                scalars.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "\\": scalars.append("\\")
            case "r": scalars.append("\r")
            case "n": scalars.append("\n")
            case "u":
                let digits = String(String.UnicodeScalarView(rest.prefix(4)))
                guard digits.unicodeScalars.count == 4, let code = UInt8(digits, radix: 16) else { return nil }
                scalars.append(Unicode.Scalar(code))
                rest = rest.dropFirst(4)
            default: return nil
            }
        }
        let item = String(scalars)
        return escape(item).unicodeScalars.elementsEqual(text.unicodeScalars) ? item : nil
    }

    /// Appends what ``escape(_:)`` makes of an item.
    static func appendEscaped(_ item: String, to bytes: inout [UInt8]) {
        var item = item
        item.withUTF8 { text in
            // Most items have nothing to escape: what lies between is copied in one piece.
            var start = 0
            for index in 0..<text.count {
                let byte = text[index]
                if byte >= 0x20 && byte < 0x7f && byte != UInt8(ascii: "\\") || byte > 0x9f { continue }
                if byte >= 0x80 {
                    // U+0080–U+009F are two bytes in UTF-8, and the first one is not copied.
                    guard index > start, text[index - 1] == 0xc2 else { continue }
                    bytes.append(contentsOf: text[start..<index - 1])
                } else {
                    bytes.append(contentsOf: text[start..<index])
                }
                start = index + 1
                appendEscape(of: byte, to: &bytes)
            }
            bytes.append(contentsOf: text[start...])
        }
    }

    private static func appendEscape(of byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
        case UInt8(ascii: "\r"): bytes.append(contentsOf: #"\r"#.utf8)
        case UInt8(ascii: "\n"): bytes.append(contentsOf: #"\n"#.utf8)
        default: appendCode(byte, to: &bytes)
        }
    }

    private static func appendCode(_ code: UInt8, to bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: #"\u00"#.utf8)
        bytes.append(digits[Int(code >> 4)])
        bytes.append(digits[Int(code & 15)])
    }
}
