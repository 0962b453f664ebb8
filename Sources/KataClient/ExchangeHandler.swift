import NIOCore
import NIOHTTP1

/// Sends requests on a connection, one after the other, and gives away their answers piece by piece.
///
/// It reads from the socket only while somebody waits for a piece, so that what nobody takes stays in the daemon.
/// Between requests it reads, too: what comes then is the end of the connection.
///
/// All of it happens on the channel's event loop.
final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private enum State {
        case idle
        /// A request was sent, and its answer is not complete.
        case underWay(timeout: Scheduled<Void>)
        /// The connection is closed, or about to be.
        case over(ConnectionFailure)
    }

    private let received: AnswerByteCounter
    private var state = State.idle
    /// The answer to the latest request. A part of it may still be there to take when the connection is over.
    private var answer = IncomingAnswer()
    private var reader: EventLoopPromise<AnswerPiece>?
    /// `nil` when the connection is closed.
    private var context: ChannelHandlerContext?

    init(_ received: AnswerByteCounter) {
        self.received = received
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// - Parameter deadline: when the answer has to be complete.
    /// - Returns: its first piece, or a ``ConnectionFailure``.
    func send(
        _ request: ControlRequest, until deadline: NIODeadline, on eventLoop: any EventLoop
    ) -> EventLoopFuture<AnswerPiece> {
        guard case .idle = state, let context else { return eventLoop.makeFailedFuture(ConnectionFailure.notSent) }
        answer = IncomingAnswer()
        received.reset()
        let timeout = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timeOut() }
        state = .underWay(timeout: timeout)
        let piece = nextPiece(on: eventLoop)
        write(request, context)
        return piece
    }

    /// - Returns: what has come since the last piece, once something has; or a ``ConnectionFailure``, which is also
    ///   what a caller after the last piece gets, and a second caller while the first one waits.
    func nextPiece(on eventLoop: any EventLoop) -> EventLoopFuture<AnswerPiece> {
        if let piece = answer.takePiece() { return eventLoop.makeSucceededFuture(piece) }
        switch state {
        case .underWay where reader == nil: break
        case .underWay, .idle: return eventLoop.makeFailedFuture(ConnectionFailure.closed(isAnswerBegun: true))
        case .over(let failure): return eventLoop.makeFailedFuture(failure)
        }
        let promise = eventLoop.makePromise(of: AnswerPiece.self)
        reader = promise
        context?.read()
        return promise.futureResult
    }

    private func write(_ request: ControlRequest, _ context: ChannelHandlerContext) {
        let head = HTTPRequestHead(
            version: .http1_1, method: request.method, uri: request.target, headers: request.headers)
        // A write that fails closes the channel, and the reader is told of that.
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let body = request.body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.reset()
        let part = unwrapInboundIn(data)
        // An answer that ends only with its connection can't be told from an answer that is cut short.
        if case .end = part, !context.channel.isActive { return }
        answer.add(part)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        switch state {
        case .underWay:
            if answer.isComplete { finish(context) }
            deliver()
            if reader != nil { context.read() }
        case .idle:
            if received.count > 0 { fail(.malformed(reason: "it speaks without being asked"), closing: context) }
        case .over: break
        }
        context.fireChannelReadComplete()
    }

    /// Makes the connection ready for the next request, or closes it, before anybody knows that the answer is complete.
    private func finish(_ context: ChannelHandlerContext) {
        if case .underWay(let timeout) = state { timeout.cancel() }
        if answer.leavesConnectionOpen, received.count == 0 {
            state = .idle
            context.read()
        } else {
            state = .over(.notSent)
            context.close(promise: nil)
        }
    }

    private func deliver() {
        guard let reader, let piece = answer.takePiece() else { return }
        self.reader = nil
        reader.succeed(piece)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        // The decoder calls it an error of the parser if the connection ends too early.
        case HTTPParserError.invalidEOFState, is IOError, is ChannelError: fail(broken, closing: context)
        default: fail(.malformed(reason: "\(error)"), closing: context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(broken, closing: context)
        context.fireChannelInactive()
    }

    private func timeOut() {
        guard let context else { return }
        fail(.timedOut(isAnswerBegun: isAnswerBegun), closing: context)
    }

    private var broken: ConnectionFailure {
        switch state {
        case .idle: .notSent
        case .underWay, .over: .closed(isAnswerBegun: isAnswerBegun)
        }
    }

    private var isAnswerBegun: Bool { answer.head != nil || received.count > 0 }

    /// The first failure counts. What came before the failure is given away first; it may be all of an answer.
    private func fail(_ failure: ConnectionFailure, closing context: ChannelHandlerContext) {
        switch state {
        case .over: return
        case .underWay(let timeout): timeout.cancel()
        case .idle: break
        }
        state = .over(failure)
        deliver()
        reader?.fail(failure)
        reader = nil
        context.close(promise: nil)
    }
}
