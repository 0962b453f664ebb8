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

    /// The entry as one line, which has a line break at its end and none before.
    func line(level: Logger.Level, message: String, metadata: Logger.Metadata, at time: Timestamp) -> String {
        var line: String
        switch self {
        case .plain:
            line =
                "\(time.iso8601) \(level.rawValue.paddedRight(to: 8)) \(message.printable)"
        case .journal:
            line = "<\(level.priority)>\(message.printable)"
        }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(quote("\(value)"))" }
        return line + "\n"
    }

    private func quote(_ value: String) -> String {
        let isPlain = !value.isEmpty && !value.contains { $0 == " " || $0 == "\"" || $0 == "=" }
        return isPlain ? value.printable : "\"\(value.replacingOccurrences(of: "\"", with: "\\\"").printable)\""
    }
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
