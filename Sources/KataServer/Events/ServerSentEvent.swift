/// How events are written in a stream of them (`text/event-stream`).
enum ServerSentEvent {
    static let mediaType = "text/event-stream"
    /// Says that the stream is alive, and is no event.
    static let heartbeat = Array(":\n\n".utf8)
    /// After how long a client is to come back whose connection was cut off.
    static let retry = Array("retry: 1000\n\n".utf8)

    /// Says where a client is, and is no event.
    static func mark(_ id: String) -> [UInt8] { Array("id: \(id)\n\n".utf8) }

    /// - Parameters:
    ///   - id: what a client that comes back says that it has had; `nil` leaves it as it was.
    ///   - data: in one line.
    static func bytes(_ type: String, id: String? = nil, data: some Sequence<UInt8>) -> [UInt8] {
        Array("event: \(type)\n\(id.map { "id: \($0)\n" } ?? "")data: ".utf8) + data + Array("\n\n".utf8)
    }
}
