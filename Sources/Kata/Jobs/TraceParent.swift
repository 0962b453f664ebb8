/// Where a job comes from, in a trace: what the header `traceparent` of W3C Trace Context says.
///
/// It is as large as a reference, because thousands of jobs are held that have none.
public struct TraceParent: Hashable, Sendable {
    private final class Content: Sendable {
        let text: String

        init(_ text: String) {
            self.text = text
        }
    }

    private let content: Content

    /// Takes the header as it is sent, such as `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`. What a later version of
    /// the standard puts behind that is left out.
    ///
    /// - Returns: `nil` if it is none.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == Self.length || bytes.count > Self.length && bytes[Self.length] == Self.dash,
            [2, 35, 52].allSatisfy({ bytes[$0] == Self.dash })
        else { return nil }
        let parts = bytes.prefix(Self.length).split(separator: Self.dash, omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 32, 16, 2], parts.allSatisfy({ $0.allSatisfy(Self.isDigit) }),
            !parts[0].elementsEqual("ff".utf8), !parts[0].elementsEqual("00".utf8) || bytes.count == Self.length,
            parts[1...2].allSatisfy({ $0.contains { $0 != UInt8(ascii: "0") } })
        else { return nil }
        content = Content("00" + String(decoding: bytes[2..<Self.length], as: UTF8.self))
    }

    /// The header, in version 00.
    public var text: String { content.text }

    /// Whether both say the same.
    public static func == (one: TraceParent, other: TraceParent) -> Bool { one.text == other.text }

    /// Puts what it says into a hash.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }

    private static let length = 55
    private static let dash = UInt8(ascii: "-")

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}
