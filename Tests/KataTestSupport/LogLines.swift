public import Logging

/// A log that a test reads.
public struct LogLines: LogHandler {
    private let lines: Notes<String>
    /// What goes with each message.
    public var metadata: Logger.Metadata = [:]
    /// The least level that is noted.
    public var logLevel = Logger.Level.trace

    /// - Parameter lines: where the messages go.
    public init(_ lines: Notes<String>) {
        self.lines = lines
    }

    /// A value that goes with each message.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Notes a message, with the job and the stream that it is about.
    public func log(event: LogEvent) {
        let stream = event.metadata?["stream"].map { "\($0): " } ?? ""
        let job = metadata["job"].map { "job \($0): " } ?? ""
        lines.add("\(job)\(stream)\(event.message)")
    }
}
