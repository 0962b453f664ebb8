import KataAPI
import NIOCore

/// What a form of a page has sent: names with one or more values.
struct FormBody {
    private let fields: [(name: String, value: String)]

    /// How many bytes a form may have.
    private static let limit = 1 << 20

    /// - Throws: ``HTTPRefusal`` if it is too large.
    init(_ request: HTTPRequest) throws {
        let body = try request.wholeBody(upTo: Self.limit)
        let text = String(buffer: body)
        fields = text[...].parts(between: "&").map { part in
            let (name, value) = part.cut(at: "=")
            return (Self.decoded(name), Self.decoded(value))
        }
    }

    /// The first value of that name; `nil` if there is none, or if it is empty.
    subscript(name: String) -> String? {
        fields.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// All values of that name.
    func all(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }

    /// Byte by byte: what is sent may be anything, and nothing of it is to be lost.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            if byte == UInt8(ascii: "%"), digits.count == 2 {
                bytes.append(UInt8(digits[0] * 16 + digits[1]))
                rest.removeFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
