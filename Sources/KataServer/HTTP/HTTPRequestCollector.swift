import NIOCore
import NIOHTTP1

/// Puts requests together from their parts.
final class HTTPRequestCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let requests: AsyncStream<HTTPRequest>.Continuation
    /// `nil` between requests.
    private var head: HTTPRequestHead?
    private var body = HTTPRequest.Body.whole(ByteBuffer())

    init(_ requests: AsyncStream<HTTPRequest>.Continuation) {
        self.requests = requests
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = .whole(ByteBuffer())
            if head.version != .http1_0, head.headers.first(name: "Expect")?.lowercased() == "100-continue" {
                let answer = HTTPResponseHead(version: head.version, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(answer)), promise: nil)
            }
        case .body(let part): body.append(part)
        case .end:
            guard let head else { return }
            requests.yield(HTTPRequest(head, body: body))
            self.head = nil
            body = .whole(ByteBuffer())
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The client sends nothing more, but may wait for an answer.
        if event as? ChannelEvent == .inputClosed { requests.finish() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        requests.finish()
        context.fireChannelInactive()
    }
}
