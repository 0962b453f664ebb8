import Kata

/// What the host says, a line each (docs/plugin-protocol.md).
enum HostMessage {
    case hello(HostHello)
    case job(request: UInt64, Job)
    case cancel(request: UInt64)
    case ping(id: UInt64)
    case goodbye
    /// Of a later version of the protocol, or for a plugin of the other kind.
    case other(type: String)

    /// - Throws: ``JSONScanner/Fault``.
    init(line: String) throws {
        var line = line
        let fields = try line.withUTF8 { bytes in
            var scanner = JSONScanner(bytes)
            return try ConfigurationNode(json: &scanner, origin: .setting("config"))
        }
        func number(_ key: String) -> UInt64 { fields[key]?.scalarText.flatMap { UInt64($0) } ?? 0 }
        switch fields["type"]?.scalarText {
        case "hello": self = .hello(HostHello(fields))
        case "job":
            let job = Job(
                id: Job.ID(number("job")), runID: 0, item: fields["item"]?.scalarText ?? "",
                attempt: Int(number("attempt")))
            self = .job(request: number("id"), job)
        case "cancel": self = .cancel(request: number("id"))
        case "ping": self = .ping(id: number("id"))
        case "goodbye": self = .goodbye
        case let type: self = .other(type: type ?? "")
        }
    }
}
