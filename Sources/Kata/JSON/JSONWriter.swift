/// JSON that is written piece by piece, without building a tree.
package struct JSONWriter {
    /// What was written so far, as UTF-8.
    package private(set) var bytes: [UInt8] = []
    /// Whether a value came before in the list or object that is open, so that a comma has to come next.
    private var needsComma = false

    /// Nothing written yet.
    package init() {}

    /// A message of the plugin protocol: an object on a line, its type first, with the line break.
    ///
    /// - Parameter fields: writes the other fields.
    package static func message(_ type: String, _ fields: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.field("type", type)
            fields(&json)
        }
        json.bytes.append(UInt8(ascii: "\n"))
        return json.bytes
    }

    /// An object, without a line break.
    ///
    /// - Parameter fields: writes its fields.
    package static func object(_ fields: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.object(fields)
        return json.bytes
    }

    /// Writes an object.
    ///
    /// - Parameter fields: writes its fields, each with a key.
    package mutating func object(_ fields: (inout JSONWriter) -> Void) {
        nest("{", "}", fields)
    }

    /// Writes a list.
    ///
    /// - Parameter values: writes its values.
    package mutating func list(_ values: (inout JSONWriter) -> Void) {
        nest("[", "]", values)
    }

    /// Writes the name of an object's next field. Its value is to follow.
    package mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a field with a text.
    package mutating func field(_ name: String, _ text: String) {
        key(name)
        string(text)
    }

    /// Writes a field with a whole number.
    package mutating func field(_ name: String, _ number: some FixedWidthInteger) {
        key(name)
        raw(String(number))
    }

    /// Writes a field with `true` or `false`.
    package mutating func field(_ name: String, _ isTrue: Bool) {
        key(name)
        raw(isTrue ? "true" : "false")
    }

    /// Writes a field with a number, a whole one without a decimal point.
    ///
    /// - Parameter number: a finite one.
    package mutating func field(_ name: String, _ number: Double) {
        key(name)
        let text = number.description
        raw(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    /// Writes a value that is JSON already, and is taken as it is.
    package mutating func raw(_ text: String) {
        beginValue()
        bytes.append(contentsOf: text.utf8)
    }

    /// Writes a text as a string, in quotes.
    package mutating func string(_ text: String) {
        beginValue()
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { text in
            var rest = text[...]
            // Mostly there is nothing to escape, and all of it is taken at once.
            while let place = rest.firstIndex(where: Self.isEscaped) {
                bytes.append(contentsOf: rest[..<place])
                escape(rest[place])
                rest = rest[(place + 1)...]
            }
            bytes.append(contentsOf: rest)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7f || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
        case 0..<0x20, 0x7f:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(Self.digits[Int(byte >> 4)])
            bytes.append(Self.digits[Int(byte & 15)])
        default: bytes.append(byte)
        }
    }

    private mutating func nest(
        _ opener: Unicode.Scalar, _ closer: Unicode.Scalar, _ content: (inout JSONWriter) -> Void
    ) {
        beginValue()
        bytes.append(UInt8(ascii: opener))
        needsComma = false
        content(&self)
        bytes.append(UInt8(ascii: closer))
        needsComma = true
    }

    private mutating func beginValue() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
