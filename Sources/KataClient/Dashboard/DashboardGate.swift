import NIOCore
import NIOHTTP1

/// What a browser's connection to the dashboard's port passes on, request by request: a browser uses one connection for the pages of
/// others, too.
final class DashboardGate: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let login: DashboardLogin
    private let port: Int
    private let connect: (any Channel) -> EventLoopFuture<any Channel>
    /// The connection to the daemon, once there was a request for it.
    private var daemon: EventLoopFuture<any Channel>?
    /// Whether a request was refused, so that nothing more is passed on.
    private var isShut = false
    private var isChunked = false
    /// Ends the connection unless its first request comes soon.
    private var timer: Scheduled<Void>?
    private static let patience = TimeAmount.seconds(10)

    /// - Parameters:
    ///   - port: where the browser has connected to.
    ///   - connect: opens a connection to the daemon, whose answers go to that channel.
    init(_ login: DashboardLogin, port: Int, connect: @escaping (any Channel) -> EventLoopFuture<any Channel>) {
        self.login = login
        self.port = port
        self.connect = connect
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isShut { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            timer?.cancel()
            switch login.verdict(on: head, at: port) {
            case .answer(let answer): shut(context, with: answer)
            case .pass:
                isChunked = head.headers["Transfer-Encoding"].contains { $0.lowercased().hasSuffix("chunked") }
                pass(Self.bytes(of: head), context)
            }
        case .body(var body):
            if !isChunked { return pass(body, context) }
            var chunk = ByteBuffer(string: String(body.readableBytes, radix: 16) + "\r\n")
            chunk.writeBuffer(&body)
            chunk.writeString("\r\n")
            pass(chunk, context)
        case .end: if isChunked { pass(ByteBuffer(string: "0\r\n\r\n"), context) }
        }
    }

    private func pass(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        let daemon = self.daemon ?? open(context)
        // If there is none, the browser is told where that is found out.
        daemon.whenSuccess { $0.writeAndFlush(bytes, promise: nil) }
    }

    private func open(_ context: ChannelHandlerContext) -> EventLoopFuture<any Channel> {
        let channel = context.channel
        let daemon = connect(channel)
        self.daemon = daemon
        daemon.whenSuccess { daemon in channel.closeFuture.whenComplete { _ in daemon.close(promise: nil) } }
        daemon.whenFailure { _ in
            let answer = DashboardAnswer(
                status: .badGateway, text: "The daemon does not answer. Reload the page when it runs again.")
            channel.writeAndFlush(answer.bytes).whenComplete { _ in channel.close(promise: nil) }
        }
        return daemon
    }

    private func shut(_ context: ChannelHandlerContext, with answer: DashboardAnswer) {
        isShut = true
        let channel = context.channel
        channel.writeAndFlush(answer.bytes).whenComplete { _ in channel.close(promise: nil) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        daemon?.whenSuccess { $0.setOption(.autoRead, value: isWritable).whenFailure { _ in } }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// What the daemon is sent. It comes in names and values that the decoder has found well formed.
    private static func bytes(of head: HTTPRequestHead) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeString("\(head.method.rawValue) \(head.uri) HTTP/\(head.version.major).\(head.version.minor)\r\n")
        for (name, value) in head.headers { buffer.writeString("\(name): \(value)\r\n") }
        buffer.writeString("Via: 1.1 kata-ctl\r\n\r\n")
        return buffer
    }
}
