/// JSON that is written piece by piece.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// A message of the plugin protocol: an object on a line, its type first.
    ///
    /// - Parameter fields: writes the others, each beginning with a comma.
    package static func message(_ type: StaticString, _ fields: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.raw("{\"type\":\"")
        json.raw(type)
        json.raw("\"")
        fields(&json)
        json.raw("}\n")
        return json.bytes
    }

    /// Writes what is JSON already.
    package mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    package mutating func raw(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Writes a text as a string, in quotes.
    package mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case UInt8(ascii: "\n"): raw("\\n")
            case 0..<0x20, 0x7f:
                raw("\\u00")
                bytes.append(Self.digits[Int(byte >> 4)])
                bytes.append(Self.digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
