import Kata
import KataCommand
import Logging

/// How a log entry is written.
enum LogFormat: Sendable {
    /// A line for people: time, level, message, `key=value`.
    case plain
    /// A line for a stream to the journal: the level as the priority prefix that systemd reads (`<6>`); the journal adds the
    /// time.
    case journalLine
    /// The fields of an entry for the journal's socket, of the program with that name. The message is that of the line.
    case journalFields(program: String)

    /// How much of a message, and of a value, is written, in Unicode scalars: an item may be a megabyte.
    private static let limit = 4_096

    /// The entry. A line has a line break at its end and none before.
    func entry(level: Logger.Level, message: String, metadata: Logger.Metadata, at time: Timestamp) -> String {
        let values = metadata.sorted { $0.key < $1.key }
            .map { (key: $0.key.printable, value: "\($0.value)".shortened(to: Self.limit).printable) }
        var text = message.shortened(to: Self.limit).printable
        for (key, value) in values { text += " \(key)=\(quote(value))" }
        switch self {
        case .plain: return "\(time.iso8601) \(level.rawValue.paddedRight(to: 8)) \(text)\n"
        case .journalLine: return "<\(level.priority)>\(text)\n"
        case .journalFields(let program):
            // No value has a line break in it, with which it would have to be written in another way.
            var fields = "PRIORITY=\(level.priority)\nSYSLOG_IDENTIFIER=\(program)\n"
            for (key, value) in values { fields += "\(Self.field(key))=\(value)\n" }
            return "\(fields)MESSAGE=\(text)\n"
        }
    }

    /// The name of the journal's field for a key: `KATA_JOB` for `job`. The journal knows capital letters, digits and `_`, at
    /// most 64 of them.
    private static func field(_ key: String) -> String {
        let name = key.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: UInt8(ascii: "_")
            }
        }
        return String(decoding: Array("KATA_".utf8) + name.prefix(59), as: UTF8.self)
    }

    private func quote(_ text: String) -> String {
        // Byte by byte: to a comparison of characters a quotation mark with an accent is another character.
        let isPlain = !text.isEmpty && !text.utf8.contains { Self.marks.contains($0) }
        if isPlain { return text }
        var quoted = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { quoted.append(UInt8(ascii: "\\")) }
            quoted.append(byte)
        }
        quoted.append(UInt8(ascii: "\""))
        return String(decoding: quoted, as: UTF8.self)
    }

    /// What a value without quotes can't hold.
    private static let marks = [UInt8(ascii: " "), UInt8(ascii: "\""), UInt8(ascii: "=")]
}

extension Logger.Level {
    /// The syslog priority, as in `sd-daemon(3)`.
    var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
