import NIOCore

/// Brings the daemon's answers to a browser as they come, and no faster than it reads.
final class DashboardRelay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let browser: any Channel

    init(to browser: any Channel) {
        self.browser = browser
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        browser.write(unwrapInboundIn(data), promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        browser.flush()
    }

    func channelInactive(context: ChannelHandlerContext) {
        // Behind what is still on its way.
        browser.writeAndFlush(ByteBuffer()).whenComplete { [browser] _ in browser.close(promise: nil) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        browser.setOption(.autoRead, value: context.channel.isWritable).whenFailure { _ in }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
