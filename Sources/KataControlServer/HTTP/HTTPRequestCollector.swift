import NIOCore
import NIOHTTP1

/// Puts requests together from their parts.
final class HTTPRequestCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let requests: AsyncStream<HTTPRequest>.Continuation
    /// `nil` between requests, and while the rest of one is thrown away.
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(_ requests: AsyncStream<HTTPRequest>.Continuation) {
        self.requests = requests
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = ByteBuffer()
            if head.headers.first(name: "Expect")?.lowercased() == "100-continue" {
                let answer = HTTPResponseHead(version: head.version, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(answer)), promise: nil)
            }
        case .body(var part):
            guard let head else { return }
            if body.readableBytes + part.readableBytes > HTTPRequest.bodyLimit {
                deliver(head, .tooLarge)
            } else if body.readableBytes == 0 {
                body = part
            } else {
                body.writeBuffer(&part)
            }
        case .end:
            if let head { deliver(head, .whole(body)) }
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

    private func deliver(_ head: HTTPRequestHead, _ body: HTTPRequest.Body) {
        self.head = nil
        self.body = ByteBuffer()
        requests.yield(HTTPRequest(head, body: body))
    }
}
