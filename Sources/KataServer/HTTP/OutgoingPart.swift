import NIOCore
import NIOHTTP1

/// What is written to a connection at a time. Most answers are written as a whole: each write goes through all of the
/// channel's handlers.
enum OutgoingPart: Sendable {
    case whole(HTTPResponseHead, body: ByteBuffer?)
    case head(HTTPResponseHead)
    case body(ByteBuffer)
    case end

    /// Whether nothing more of the answer comes behind it.
    var isLast: Bool {
        switch self {
        case .whole, .end: true
        case .head, .body: false
        }
    }

    /// Passes it on to the next handler, in the parts that the encoder knows.
    ///
    /// - Parameter promise: for the last of these.
    func write(to context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        func write(_ part: HTTPServerResponsePart, _ promise: EventLoopPromise<Void>?) {
            context.write(NIOAny(part), promise: promise)
        }
        switch self {
        case .whole(let head, let body):
            write(.head(head), nil)
            if let body { write(.body(.byteBuffer(body)), nil) }
            write(.end(nil), promise)
        case .head(let head): write(.head(head), promise)
        case .body(let bytes): write(.body(.byteBuffer(bytes)), promise)
        case .end: write(.end(nil), promise)
        }
    }
}
