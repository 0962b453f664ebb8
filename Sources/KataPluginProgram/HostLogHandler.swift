import Kata
import Logging

/// Has the host log.
struct HostLogHandler: LogHandler {
    /// The number of the request that the entry is about.
    static let requestKey = "request"

    let output: HostOutput
    var metadata: Logger.Metadata = [:]
    /// The host decides what it writes.
    var logLevel = Logger.Level.debug

    init(output: HostOutput) {
        self.output = output
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = event.metadata.map { metadata.merging($0) { $1 } } ?? metadata
        let request = all.removeValue(forKey: Self.requestKey)
        // The host adds it.
        all.removeValue(forKey: "job")
        let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        output.send("log") { json in
            json.raw(",\"level\":\"\(event.level.rawValue)\",\"message\":")
            json.string("\(event.message)\(details)")
            if let request { json.raw(",\"id\":\(request)") }
        }
    }
}
