/// What is shown of an item, in lists, documents, exports and the log.
///
/// Mostly that is the item. One that holds what is not for everybody to see begins with what is shown in its place:
/// `{"kata_shown":"TOKEN=… make all", …}`. It stands at the beginning so that it can be told without the rest, of an item that is
/// cut and by a reader that knows neither the pipeline nor its handler.
public struct ShownItem: Hashable, Sendable {
    /// The text to show.
    public let text: String
    /// Whether the item says what is to be shown of it, so that it is not the item itself.
    public let isReplaced: Bool
    /// Whether that is all of it. `false` if the item says what is to be shown, and was cut before that ends.
    public let isWhole: Bool

    /// The name of the field that such an item has first.
    package static let field = "kata_shown"
    private static let beginning = "{\"\(field)\":\""

    /// - Parameter item: all of it, or its beginning.
    public init(_ item: String) {
        guard item.utf8.starts(with: Self.beginning.utf8) else {
            text = item
            isReplaced = false
            isWhole = true
            return
        }
        var bytes: [UInt8] = []
        var rest = item.utf8.dropFirst(Self.beginning.utf8.count)
        var isEnded = false
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") {
                isEnded = true
                break
            }
            if byte == UInt8(ascii: "\\") { Self.takeEscape(from: &rest, to: &bytes) } else { bytes.append(byte) }
        }
        text = String(decoding: bytes, as: UTF8.self)
        isReplaced = true
        isWhole = isEnded
    }

    /// Decodes what follows a `\`, as ``JSONWriter`` writes it.
    private static func takeEscape(from rest: inout Substring.UTF8View, to bytes: inout [UInt8]) {
        switch rest.popFirst() {
        case UInt8(ascii: "n"): bytes.append(UInt8(ascii: "\n"))
        case UInt8(ascii: "u"):
            let digits = String(Substring(rest.prefix(4)))
            rest = rest.dropFirst(4)
            if digits.utf8.count == 4, let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) {
                bytes += String(Character(scalar)).utf8
            }
        case let byte?: bytes.append(byte)
        // The item was cut here.
        case nil: break
        }
    }
}

extension Job {
    /// What is shown of the item.
    public var shownItem: String { ShownItem(item).text }
}

extension JobResult {
    /// What is shown of the item.
    public var shownItem: String { ShownItem(item).text }
}
