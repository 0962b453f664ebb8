import Kata
import Logging

/// Has the host log.
struct HostLogHandler: LogHandler {
    /// The host cuts longer ones off.
    private static let limit = 4_096

    let output: HostOutput
    /// The request that the entries are about.
    let request: UInt64?
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    /// The host decides what it writes.
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
        // The host adds it, for those that belong to a request.
        if request != nil { all["job"] = nil }
        for more in [metadataProvider?.get(), event.metadata] { all.merge(more ?? [:]) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        output.send("log") { json in
            json.raw(",\"level\":\"\(event.level.rawValue)\",\"message\":")
            json.string(String("\(event.message)\(details)".prefix(Self.limit)))
            if let request { json.raw(",\"id\":\(request)") }
        }
    }
}
