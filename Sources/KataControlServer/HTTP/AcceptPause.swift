import Glibc
import Logging
import NIOCore

/// Accepts no connections for a moment where there is no descriptor left for one.
///
/// The connection stays in the kernel's queue, so that the event loop would try again at once, for ever.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let pause = TimeAmount.milliseconds(100)

    private let logger: Logger
    /// Whether the last try failed, so that it need not be said again.
    private var isShort = false

    init(logger: Logger) {
        self.logger = logger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isShort = false
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, error.errnoCode == EMFILE || error.errnoCode == ENFILE else {
            context.fireErrorCaught(error)
            return
        }
        // Those that were accepted just before are only passed on by this.
        context.fireChannelReadComplete()
        if !isShort { logger.warning("connections have to wait", metadata: ["error": "\(error)"]) }
        isShort = true
        let channel = context.channel
        _ = channel.setOption(.autoRead, value: false)
        channel.eventLoop.scheduleTask(in: Self.pause) { channel.setOption(.autoRead, value: true) }
    }
}
