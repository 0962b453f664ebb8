import Kata
import Logging

/// Has log entries written to standard error, one line each, or to the journal.
struct DaemonLogHandler: LogHandler {
    let format: LogFormat
    let writer: LogWriter
    let threshold: LogThreshold
    var metadata: Logger.Metadata = [:]
    /// Gives what belongs to every entry of the task that logs, such as the ids of a trace.
    var metadataProvider: Logger.MetadataProvider?
    /// A level of this logger's own, which counts where it is higher than the shared threshold.
    private var ownLevel: Logger.Level?

    init(
        format: LogFormat, writer: LogWriter, threshold: LogThreshold, metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.format = format
        self.writer = writer
        self.threshold = threshold
        self.metadataProvider = metadataProvider
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
        // What jobs write is a flood like any other.
        let isImportant = event.level >= .notice && event.metadata?["stream"] == nil
        writer.write(entry(for: event, at: .now()), isImportant: isImportant)
    }

    /// The entry as it is written. Of two values under one key that of the entry goes before that of the logger, and the provider's
    /// comes last.
    func entry(for event: LogEvent, at time: Timestamp) -> String {
        var all = metadataProvider?.get() ?? [:]
        all.merge(metadata) { $1 }
        all.merge(event.metadata ?? [:]) { $1 }
        if let error = event.error { all["error"] = "\(error)" }
        return format.entry(level: event.level, message: "\(event.message)", metadata: all, at: time)
    }
}
