import Kata
import Logging

/// Sends log entries to the host, which writes them to its own log.
struct HostLogHandler: LogHandler {
    /// In Unicode scalars; the host cuts longer messages off.
    private static let limit = 4_096

    let output: HostOutput
    /// The request that the entries are about; `nil` for entries about no request.
    let request: UInt64?
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    /// The host decides which entries it writes, so all but traces are sent.
    var logLevel = Logger.Level.debug

    init(output: HostOutput, request: UInt64? = nil) {
        self.output = output
        self.request = request
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        // The host adds the job's id to entries that belong to a request.
        if request != nil { all["job"] = nil }
        for more in [metadataProvider?.get(), event.metadata] { all.merge(more ?? [:]) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        output.send("log") { json in
            json.field("level", event.level.rawValue)
            json.field("message", String("\(event.message)\(details)".prefix(scalars: Self.limit)))
            if let request { json.field("id", request) }
        }
    }
}
