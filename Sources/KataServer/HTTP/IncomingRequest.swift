import NIOCore
import NIOHTTP1

/// A request of which the head has come, and not all of the body.
struct IncomingRequest {
    let head: HTTPRequestHead
    /// When the head came.
    let began: NIODeadline
    /// How many bytes the client says that the body has; `nil` if it comes in chunks.
    let announcedLength: Int?
    private(set) var body = ByteBuffer()
    /// Room for the body; `nil` as long as it is small.
    var reservation: BodyReservation?

    init(_ head: HTTPRequestHead, at time: NIODeadline) {
        self.head = head
        began = time
        announcedLength = head.headers.first(name: "Content-Length").flatMap { Int($0) }
    }

    /// Whether the body means anything. That of another request is thrown away as it comes.
    var hasBody: Bool {
        switch head.method {
        case .POST, .PUT, .PATCH: true
        default: false
        }
    }

    /// - Returns: whether the body is still within the limit; if not, the part is left out.
    mutating func append(_ part: ByteBuffer, limit: Int) -> Bool {
        guard body.readableBytes + part.readableBytes <= limit else { return false }
        if body.readableBytes == 0, announcedLength.map({ $0 <= part.readableBytes }) ?? true {
            body = part
        } else {
            // Exactly as much as will be needed: growing by doubling would take up to twice that.
            if body.readableBytes == 0 { body.reserveCapacity(announcedLength ?? part.readableBytes) }
            body.writeImmutableBuffer(part)
        }
        return true
    }
}
