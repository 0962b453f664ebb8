import NIOCore
import NIOHTTP1

/// Stands on a connection between what reads HTTP and the client, and lets only those answers through that the client can
/// take: one to each request, its head first and its end last, with a status that HTTP has. The client ends the process over
/// any other, and a server can send what it likes.
///
/// Any other answer becomes a ``ResponseFault``, with which the request fails. The connection is closed and what still comes
/// is dropped; other connections are not touched.
final class ResponseGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private enum State {
        /// There is no request.
        case idle
        /// A request was sent, and its answer has not begun.
        case waiting
        /// The head of the answer was let through.
        case answering
        /// An answer was not let through, and nothing else is from then on.
        case refused
    }

    private static let statuses: ClosedRange<UInt> = 100...999
    private var state = State.idle

    /// Puts a guard on a connection of the client that has not sent anything yet.
    ///
    /// To be called on the connection's event loop. A connection that can't be guarded is closed.
    ///
    /// - Throws: an error if the connection is closed already, or not built as those of the client are.
    static func add(to channel: any Channel) throws {
        do {
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
            try pipeline.addHandler(ResponseGuard(), position: .after(decoder))
        } catch {
            channel.close(promise: nil)
            throw error
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head = unwrapOutboundIn(data), state == .idle { state = .waiting }
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if state == .refused { return }
        do {
            state = try next(after: unwrapInboundIn(data))
            context.fireChannelRead(data)
        } catch {
            state = .refused
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }

    private func next(after part: HTTPClientResponsePart) throws(ResponseFault) -> State {
        switch (part, state) {
        case (.head(let head), .waiting):
            guard Self.statuses.contains(head.status.code) else { throw .status(head.status.code) }
            return head.isInterim ? .waiting : .answering
        case (.body, .answering): return .answering
        case (.end, .answering): return .idle
        case (.head, .idle), (.head, .answering), (.head, .refused), (.body, .idle), (.body, .waiting),
            (.body, .refused), (.end, .idle), (.end, .waiting), (.end, .refused):
            throw .outOfOrder
        }
    }
}

extension HTTPResponseHead {
    /// Whether another head follows, with the real status.
    fileprivate var isInterim: Bool { status.code < 200 && status != .switchingProtocols }
}
