import Glibc
import Kata
import Logging
import Synchronization

/// Writes log entries to standard error, each with one `write`, so that lines never mix.
struct StandardErrorLogHandler: LogHandler {
    /// The level below which nothing is written, shared by all loggers so that a reload can change it.
    final class Threshold: Sendable {
        private let level: Mutex<Logger.Level>

        init(_ level: Logger.Level) {
            self.level = Mutex(level)
        }

        var current: Logger.Level {
            get { level.withLock { $0 } }
            set { level.withLock { $0 = newValue } }
        }
    }

    let format: LogFormat
    let threshold: Threshold
    var metadata: Logger.Metadata = [:]
    /// A level of this logger's own, which is higher than the shared one.
    private var ownLevel: Logger.Level?

    init(format: LogFormat, threshold: Threshold) {
        self.format = format
        self.threshold = threshold
    }

    var logLevel: Logger.Level {
        get { max(ownLevel ?? .trace, threshold.current) }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = event.metadata.map { metadata.merging($0) { $1 } } ?? metadata
        if let error = event.error { all["error"] = "\(error)" }
        let line = format.line(level: event.level, message: "\(event.message)", metadata: all, at: .now())
        let bytes = Array(line.utf8)
        // There is nowhere to tell if this fails.
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
