import Glibc

/// Texts as PostgreSQL can keep them: all characters but U+0000.
///
/// That one is kept as U+10FFFF and a 0 after it, and U+10FFFF, which no text has by itself, as U+10FFFF and a 1. So every text is
/// read as it was written, and only who looks into the tables sees a difference, in texts that have one of the two.
enum PostgresText {
    /// U+10FFFF.
    private static let mark: [UInt8] = [0xF4, 0x8F, 0xBF, 0xBF]
    private static let zero = mark + [UInt8(ascii: "0")]
    private static let itself = mark + [UInt8(ascii: "1")]

    static func encode(_ text: String) -> [UInt8] {
        var text = text
        let (bytes, isPlain) = text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            return (Array(utf8), !has(0, bytes) && !has(mark[0], bytes))
        }
        if isPlain { return bytes }
        var encoded: [UInt8] = []
        var rest = bytes[...]
        while let first = rest.first {
            if first == 0 {
                encoded += zero
                rest.removeFirst()
            } else if rest.starts(with: mark) {
                encoded += itself
                rest.removeFirst(mark.count)
            } else {
                encoded.append(first)
                rest.removeFirst()
            }
        }
        return encoded
    }

    static func decode(_ bytes: UnsafeRawBufferPointer) -> String {
        if !has(mark[0], bytes) { return String(decoding: bytes, as: UTF8.self) }
        var decoded: [UInt8] = []
        var rest = bytes[...]
        while let first = rest.first {
            if rest.starts(with: zero) {
                decoded.append(0)
                rest.removeFirst(zero.count)
            } else if rest.starts(with: itself) {
                decoded += mark
                rest.removeFirst(itself.count)
            } else {
                decoded.append(first)
                rest.removeFirst()
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static func has(_ byte: UInt8, _ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.baseAddress.map { memchr($0, Int32(byte), bytes.count) != nil } ?? false
    }

    /// What stands behind every text that begins so, as the server orders them.
    static func bound(after beginning: String) -> [UInt8] { encode(beginning) + mark + mark }
}
