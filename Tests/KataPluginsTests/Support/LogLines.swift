import KataTestSupport
import Logging

/// A log that a test reads.
struct LogLines: LogHandler {
    private let lines: Notes<String>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    /// - Parameter lines: where the messages go.
    init(_ lines: Notes<String>) {
        self.lines = lines
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let stream = event.metadata?["stream"].map { "\($0): " } ?? ""
        let job = metadata["job"].map { "job \($0): " } ?? ""
        lines.add("\(job)\(stream)\(event.message)")
    }
}
