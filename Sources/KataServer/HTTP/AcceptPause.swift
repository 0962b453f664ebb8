import Glibc
import Logging
import NIOCore

/// Accepts no connections for a moment where the system has no descriptor or memory left for one.
///
/// The connection stays in the kernel's queue, so that the event loop would try again at once, for ever.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let pause = TimeAmount.milliseconds(100)
    /// How long nothing is logged after a warning.
    private static let silence = TimeAmount.minutes(1)

    private let logger: Logger
    private var silentUntil = NIODeadline.uptimeNanoseconds(0)

    init(logger: Logger) {
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError else { return context.fireErrorCaught(error) }
        switch error.errnoCode {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: pause(context.channel, error)
        // The client has given up.
        case ECONNABORTED: break
        default: context.fireErrorCaught(error)
        }
    }

    private func pause(_ channel: any Channel, _ error: IOError) {
        if silentUntil < .now() {
            logger.warning("connections have to wait", metadata: ["error": "\(error)"])
            silentUntil = .now() + Self.silence
        }
        _ = channel.setOption(.autoRead, value: false)
        channel.eventLoop.scheduleTask(in: Self.pause) { channel.setOption(.autoRead, value: true) }
    }
}
