import NIOCore
import NIOHTTP1

/// Writes answers where no requests are read.
final class OutgoingPartWriter: ChannelOutboundHandler {
    typealias OutboundIn = OutgoingPart
    typealias OutboundOut = HTTPServerResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        unwrapOutboundIn(data).write(to: context, promise: promise)
    }
}
