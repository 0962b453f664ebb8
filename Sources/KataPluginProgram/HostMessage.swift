import Kata

/// What the host says, a line each (docs/plugin-protocol.md).
enum HostMessage {
    case hello(HostHello)
    case job(request: UInt64, Job, checkpoint: String?)
    case fetch(request: UInt64, limit: Int, cursor: String?)
    case cancel(request: UInt64)
    case ping(id: UInt64)
    case goodbye
    /// A message of a later version of the protocol.
    case other(type: String)

    /// - Throws: ``JSONScanner/Fault``.
    init(line: ArraySlice<UInt8>) throws {
        self = try line.withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            let fields = try ConfigurationNode(json: &scanner, origin: .setting("config"))
            func number<Number: FixedWidthInteger>(_ key: String) throws -> Number {
                guard let number = fields[key]?.scalarText.flatMap({ Number($0) }) else {
                    throw scanner.fault("there is no \"\(key)\", expected a whole number")
                }
                return number
            }
            switch fields["type"]?.scalarText {
            case "hello": return .hello(HostHello(fields))
            case "job":
                var job = Job(
                    id: try number("job"), runID: 0, item: fields["item"]?.scalarText ?? "",
                    attempt: try number("attempt"))
                job.traceParent = fields["traceparent"]?.scalarText.flatMap(TraceParent.init)
                return .job(request: try number("id"), job, checkpoint: fields["checkpoint"]?.scalarText)
            case "fetch":
                return .fetch(
                    request: try number("id"), limit: try number("limit"), cursor: fields["cursor"]?.scalarText)
            case "cancel": return .cancel(request: try number("id"))
            case "ping": return .ping(id: try number("id"))
            case "goodbye": return .goodbye
            case let type: return .other(type: type ?? "")
            }
        }
    }
}
