import Foundation
import Kata
import KataCommand
import Logging

/// How a log entry becomes a line.
enum LogFormat: Sendable {
    /// For people: time, level, message, `key=value`.
    case plain
    /// For the journal: the level as the priority prefix that systemd reads (`<6>`); the journal adds the time.
    case journal

    /// The journal's format if standard error is connected to the journal.
    static func detect(environment: [String: String]) -> LogFormat {
        var status = stat()
        guard let stream = environment["JOURNAL_STREAM"], fstat(STDERR_FILENO, &status) == 0,
            stream == "\(status.st_dev):\(status.st_ino)"
        else { return .plain }
        return .journal
    }

    /// How much of a message, and of a value, is written, in Unicode scalars: an item may be a megabyte.
    private static let limit = 4_096

    /// The entry as one line, which has a line break at its end and none before.
    func line(level: Logger.Level, message: String, metadata: Logger.Metadata, at time: Timestamp) -> String {
        let message = message.shortened(to: Self.limit).printable
        var line =
            switch self {
            case .plain: "\(time.iso8601) \(level.rawValue.paddedRight(to: 8)) \(message)"
            case .journal: "<\(level.priority)>\(message)"
            }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(quote("\(value)"))" }
        return line + "\n"
    }

    private func quote(_ value: String) -> String {
        let text = value.shortened(to: Self.limit).printable
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
