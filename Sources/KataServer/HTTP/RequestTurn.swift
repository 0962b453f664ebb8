import NIOCore

/// How much of the event loop's time a connection has taken since its socket was read last. Stands before all other
/// handlers, where it sees that.
///
/// Requests that a client sends without waiting for answers come many at a time, and each is answered as soon as the one
/// before is. In between the event loop would not look at any other socket.
final class RequestTurn: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let requests: AsyncStream<HTTPRequest>.Continuation
    private let limits: HTTPLimits
    private var count = 0
    private var began = NIODeadline.uptimeNanoseconds(0)
    private var isPausing = false
    /// Whether no request comes behind the one that is passed on after the pause.
    private var isLast = false

    init(_ requests: AsyncStream<HTTPRequest>.Continuation, limits: HTTPLimits) {
        self.requests = requests
        self.limits = limits
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        count = 0
        context.fireChannelRead(data)
    }

    /// Passes a request on, after a pause if the turn is over.
    func pass(_ request: HTTPRequest, _ eventLoop: any EventLoop) {
        count += 1
        if count == 1 { began = eventLoop.now }
        guard count > limits.requestsInTurn || count > 1 && eventLoop.now - began > limits.turn else {
            requests.yield(request)
            return
        }
        isPausing = true
        eventLoop.assumeIsolated().scheduleTask(in: limits.pause) {
            self.isPausing = false
            self.count = 1
            self.began = eventLoop.now
            self.requests.yield(request)
            if self.isLast { self.requests.finish() }
        }
    }

    /// Says that no request comes any more, behind the one that may still be passed on.
    func finish() {
        if isPausing { isLast = true } else { requests.finish() }
    }
}
