import NIOCore
import NIOHTTP1

/// A connection to the daemon, which carries one request after the other. It is closed with its last reference.
///
/// Its methods throw ``ConnectionFailure``. A task that is cancelled while it waits in one of them closes the
/// connection.
final class ControlConnection: Sendable {
    private let channel: any Channel
    private let exchanges: NIOLoopBound<ExchangeHandler>

    /// To be called on the channel's event loop.
    init(_ channel: any Channel) throws {
        let received = AnswerByteCounter()
        let exchanges = ExchangeHandler(received)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(received)
        try pipeline.addHTTPClientHandlers()
        try pipeline.addHandler(exchanges)
        self.channel = channel
        self.exchanges = NIOLoopBound(exchanges, eventLoop: channel.eventLoop)
    }

    deinit {
        channel.close(promise: nil)
    }

    /// Whether another request can be sent, as far as is known.
    var isOpen: Bool { channel.isActive }

    /// Sends a request. The request before has to have its whole answer.
    ///
    /// - Parameter deadline: when the whole answer has to be there.
    /// - Returns: the first piece of the answer.
    func send(_ request: ControlRequest, until deadline: NIODeadline) async throws -> AnswerPiece {
        try await onEventLoop { exchanges, eventLoop in exchanges.send(request, until: deadline, on: eventLoop) }
    }

    /// The next piece of the answer. Nothing more is read from the daemon until it is asked for.
    func nextPiece() async throws -> AnswerPiece {
        try await onEventLoop { exchanges, eventLoop in exchanges.nextPiece(on: eventLoop) }
    }

    private func onEventLoop(
        _ body: @escaping @Sendable (ExchangeHandler, any EventLoop) -> EventLoopFuture<AnswerPiece>
    ) async throws -> AnswerPiece {
        let (eventLoop, exchanges) = (channel.eventLoop, exchanges)
        return try await withTaskCancellationHandler {
            try await eventLoop.flatSubmit { body(exchanges.value, eventLoop) }.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }
}
