import NIOCore
import NIOHTTP1

/// Puts requests together from their parts, within the server's limits of size and time.
///
/// A request that is not to be done is passed on as refused, at once: what is left of its body is thrown away as it comes.
/// While there is no room for a body, nothing is read from the connection.
final class HTTPRequestCollector: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = OutgoingPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Phase {
        /// Between requests.
        case idle
        /// A head has come, and its body is taken in.
        case collecting
        /// As before, and there is no room for the body.
        case waiting
        /// The request was refused, and the rest of it is thrown away.
        case discarding
        /// Nothing that comes is looked at any more.
        case closed
    }

    /// Where requests go.
    private let turn: RequestTurn
    private let peer: Peer
    private let limits: HTTPLimits
    private let budget: BodyBudget
    private var phase = Phase.idle
    /// While collecting and waiting.
    private var request: IncomingRequest?
    private var isAnswering = false
    private var isReadPending = false
    private var timeout = ConnectionTimeout()
    /// When something came or went last.
    private var progress = NIODeadline.uptimeNanoseconds(0)

    init(_ turn: RequestTurn, from peer: Peer, limits: HTTPLimits, budget: BodyBudget) {
        self.turn = turn
        self.peer = peer
        self.limits = limits
        self.budget = budget
    }

    // MARK: Events of the channel

    func handlerAdded(context: ChannelHandlerContext) {
        progress = context.eventLoop.now
        watch(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (phase, unwrapInboundIn(data)) {
        case (.closed, _), (.discarding, .body), (.idle, .body), (.idle, .end): break
        case (_, .head(let head)): begin(head, context)
        case (.collecting, .body(let part)), (.waiting, .body(let part)): add(part, context)
        case (.collecting, .end), (.waiting, .end): finish(context)
        case (.discarding, .end):
            phase = .idle
            progress = context.eventLoop.now
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        switch phase {
        // The usual case: a request came as a whole.
        case .idle, .closed: break
        case .collecting, .waiting, .discarding: watch(context)
        }
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        switch phase {
        case .waiting: isReadPending = true
        case .idle, .collecting, .discarding, .closed: context.read()
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        if part.isLast {
            // Before it is passed on, because that may bring the next request.
            isAnswering = false
            progress = context.eventLoop.now
        }
        part.write(to: context, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The client sends nothing more, but may wait for an answer.
        if event as? ChannelEvent == .inputClosed { turn.finish() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What comes after something that is no HTTP. That has its own error, which keeps its place behind the answer that
        // may be under way.
        if error is ByteToMessageDecoderError { return }
        guard error is HTTPParserError else { return context.close(promise: nil) }
        switch phase {
        // Behind the last request there may be anything.
        case .closed: break
        case .discarding where isAnswering:
            phase = .closed
            turn.finish()
        case .discarding: context.close(promise: nil)
        case .idle, .collecting, .waiting:
            close()
            let headers: HTTPHeaders = ["Connection": "close", "Content-Length": "0"]
            let head = HTTPResponseHead(version: .http1_1, status: .badRequest, headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        close()
        timeout.cancel()
        turn.finish()
        context.fireChannelInactive()
    }

    // MARK: A request

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let incoming = IncomingRequest(head, at: context.eventLoop.now)
        progress = incoming.began
        phase = .collecting
        request = incoming
        if let refusal = head.refusal(bodyLimit: limits.body) { return refuse(refusal, context) }
        let length = incoming.announcedLength ?? 0
        if incoming.hasBody, length > limits.smallBody {
            reserve(length, context)
        } else {
            askForBody(context)
        }
    }

    private func add(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
        progress = context.eventLoop.now
        guard request?.hasBody ?? false else { return }
        // In place: with another reference to the body, all of it would be copied for each part.
        guard request?.append(part, limit: limits.body) ?? false else {
            return refuse(.tooLarge(limit: limits.body), context)
        }
        guard case .collecting = phase, let request, request.reservation == nil else { return }
        // Nobody knows how long a body in chunks becomes.
        if request.body.readableBytes > limits.smallBody { reserve(limits.body, context) }
    }

    private func finish(_ context: ChannelHandlerContext) {
        guard let request else { return }
        self.request = nil
        phase = .idle
        deliver(HTTPRequest(request, from: peer), context)
    }

    /// Passes the request on as refused, and takes in no more of it.
    private func refuse(_ refusal: HTTPRefusal, closing: Bool = false, _ context: ChannelHandlerContext) {
        guard let request else { return }
        self.request = nil
        phase = .discarding
        // A client that waits for a word before it sends the body may now send it or not: what comes next is not known.
        let isLast = closing || request.head.waitsForContinue
        deliver(HTTPRequest(request.head, from: peer, body: .refused(refusal), isLast: isLast), context)
        if isReadPending {
            isReadPending = false
            context.read()
        }
    }

    private func deliver(_ request: HTTPRequest, _ context: ChannelHandlerContext) {
        isAnswering = true
        // What comes behind the last request gets no answer.
        if !request.isKeptAlive { phase = .closed }
        turn.pass(request, context.eventLoop)
    }

    private func close() {
        request = nil
        phase = .closed
    }

    // MARK: Room for the body

    private func reserve(_ bytes: Int, _ context: ChannelHandlerContext) {
        if let reservation = budget.reserve(bytes) {
            request?.reservation = reservation
            return askForBody(context)
        }
        phase = .waiting
        progress = context.eventLoop.now
        let began = request?.began
        let waiting = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        budget.whenFree(bytes) { [eventLoop = context.eventLoop] reservation in
            eventLoop.execute {
                let (collector, context) = waiting.value
                collector.takeRoom(reservation, ifBegunAt: began, context)
            }
        }
    }

    private func takeRoom(
        _ reservation: BodyReservation, ifBegunAt began: NIODeadline?, _ context: ChannelHandlerContext
    ) {
        // The request may have been given up meanwhile, and be followed by another one.
        guard case .waiting = phase, request?.began == began else { return }
        phase = .collecting
        progress = context.eventLoop.now
        request?.reservation = reservation
        askForBody(context)
        if isReadPending {
            isReadPending = false
            context.read()
        }
    }

    private func askForBody(_ context: ChannelHandlerContext) {
        guard let request, request.head.waitsForContinue, request.body.readableBytes == 0 else { return }
        let answer = HTTPResponseHead(version: request.head.version, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(answer)), promise: nil)
    }

    // MARK: Time

    /// When the connection has been silent for too long; `nil` while an answer is given, however long that takes.
    private var deadline: NIODeadline? {
        if isAnswering { return nil }
        switch phase {
        case .idle: return progress + limits.idle
        case .collecting: return min(progress + limits.stall, (request?.began ?? progress) + limits.request)
        case .waiting: return progress + limits.room
        case .discarding, .closed: return progress + limits.stall
        }
    }

    private func watch(_ context: ChannelHandlerContext) {
        let latest = context.eventLoop.now + limits.idle
        timeout.set(deadline.map { min($0, latest) } ?? latest, context.eventLoop) { self.checkTime(context) }
    }

    private func checkTime(_ context: ChannelHandlerContext) {
        guard let deadline, deadline <= context.eventLoop.now else { return watch(context) }
        switch phase {
        case .idle, .discarding, .closed:
            close()
            return context.close(promise: nil)
        case .collecting: refuse(.tooSlow, closing: true, context)
        case .waiting: refuse(.noRoom, context)
        }
        watch(context)
    }
}
