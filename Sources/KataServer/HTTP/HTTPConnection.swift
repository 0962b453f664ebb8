import Kata
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// A client's connection, with one request after the other.
struct HTTPConnection: Sendable {
    private let channel: any Channel
    private let logger: Logger
    private let requests: AsyncStream<HTTPRequest>
    private let incoming: AsyncStream<HTTPRequest>.Continuation
    private let end = ConnectionEnd()

    /// To be called on the channel's event loop.
    ///
    /// The channel's handlers speak HTTP and hold back a request until the one before is answered. They, and not asynchronous
    /// sequences of parts, put a request together: that takes a fraction of the time.
    ///
    /// - Parameters:
    ///   - peer: who has opened it.
    ///   - budget: room for the bodies of all connections.
    init(
        _ channel: any Channel, from peer: Peer = .unknown, limits: HTTPLimits, budget: BodyBudget, logger: Logger
    ) throws {
        self.channel = channel
        self.logger = logger
        (requests, incoming) = AsyncStream.makeStream()
        let turn = RequestTurn(incoming, limits: limits)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(turn)
        // Errors are answered by the collector, which knows what was answered already.
        // Headers are names and values of our own, so that none has to be looked at for line ends again.
        try pipeline.configureHTTPServerPipeline(withErrorHandling: false, withOutboundHeaderValidation: false)
        try pipeline.addHandler(HTTPRequestCollector(turn, from: peer, limits: limits, budget: budget))
        channel.closeFuture.whenComplete { [end] _ in end.over() }
    }

    /// A connection on which nothing is read, and that is closed with one answer.
    init(refusing channel: any Channel, logger: Logger) throws {
        self.channel = channel
        self.logger = logger
        (requests, incoming) = AsyncStream.makeStream()
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTPResponseEncoder())
        try pipeline.addHandler(OutgoingPartWriter())
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "")
        incoming.yield(HTTPRequest(head, body: .refused(.tooManyConnections), isLast: true))
    }

    /// Answers requests until the client or a graceful shutdown makes an end. A request that was begun is answered
    /// first.
    ///
    /// - Parameter headers: sent with each answer.
    func serve(headers: HTTPHeaders, _ respond: (HTTPRequest) async -> HTTPResponse) async {
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                do {
                    for await var request in requests {
                        request.connection = end
                        let isKept = try await send(respond(request), to: request, headers)
                        if !isKept { break }
                    }
                } catch {
                    // The client is gone, or an answer broke off: without an end in its chunks, the client knows that it did.
                }
                // The client may have closed it before.
                try? await channel.close()
            } onGracefulShutdown: {
                incoming.finish()
            }
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    /// - Returns: whether another request may follow.
    private func send(_ response: HTTPResponse, to request: HTTPRequest, _ headers: HTTPHeaders) async throws -> Bool {
        var head = HTTPResponseHead(version: request.version, status: response.status, headers: headers)
        head.headers.add(name: "Content-Type", value: response.type)
        head.headers.add(contentsOf: response.headers)
        if !request.isKeptAlive { head.headers.add(name: "Connection", value: "close") }
        switch response.body {
        case .whole(let buffer):
            head.headers.add(name: "Content-Length", value: String(buffer.readableBytes))
            try await channel.writeAndFlush(OutgoingPart.whole(head, body: request.method == .HEAD ? nil : buffer))
            return request.isKeptAlive
        case .pages where request.method == .HEAD:
            // Nobody knows how long the body is, and the encoder would put the end of a body in chunks behind the head.
            // So the end of the connection has to be the end of the answer.
            head.headers.replaceOrAdd(name: "Connection", value: "close")
            try await channel.writeAndFlush(OutgoingPart.head(head))
            return false
        case .pages(let first, var rest):
            channel.write(OutgoingPart.head(head), promise: nil)
            var page = first
            let isGone = rest.patience == nil ? nil : latchOfEnd()
            if first?.isEmpty ?? false {
                channel.flush()
                page = try await next(of: &rest, for: request, unless: isGone)
            }
            while let bytes = page {
                let isTaken = try await write(bytes, within: rest.patience)
                if !isTaken {
                    logger.notice("a client that does not read is dropped", metadata: ["path": "\(request.shortPath)"])
                    return try await drop(rest.farewell())
                }
                page = try await next(of: &rest, for: request, unless: isGone)
            }
        }
        try await channel.writeAndFlush(OutgoingPart.end)
        return request.isKeptAlive
    }

    /// Sends a part of a body.
    ///
    /// - Returns: `false` if the client has not taken it in that time. It is on its way all the same.
    private func write(_ bytes: [UInt8], within patience: Duration?) async throws -> Bool {
        let part = OutgoingPart.body(ByteBuffer(bytes: bytes))
        guard let patience else {
            try await channel.writeAndFlush(part)
            return true
        }
        let written = channel.eventLoop.makePromise(of: Void.self)
        channel.writeAndFlush(part, promise: written)
        let outcome = channel.eventLoop.makePromise(of: Bool.self)
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(patience)) { outcome.succeed(false) }
        written.futureResult.whenComplete { result in
            timer.cancel()
            // Whichever comes first counts.
            outcome.completeWith(result.map { true })
        }
        return try await outcome.futureResult.get()
    }

    /// How long a client that was dropped has for reading what was sent before.
    private static let farewellTime = TimeAmount.minutes(10)

    /// Ends an answer whose client does not read. What is on its way, and a last word, is there for the client for a while,
    /// and nothing else is held for it.
    ///
    /// - Returns: that no other request may follow.
    private func drop(_ farewell: [UInt8]) async throws -> Bool {
        channel.write(OutgoingPart.body(ByteBuffer(bytes: farewell)), promise: nil)
        let timer = channel.eventLoop.scheduleTask(in: Self.farewellTime) { channel.close(promise: nil) }
        defer { timer.cancel() }
        try await channel.writeAndFlush(OutgoingPart.end)
        return false
    }

    /// Opens when the client has closed the connection.
    private func latchOfEnd() -> Latch {
        let latch = Latch()
        channel.closeFuture.whenComplete { _ in latch.open() }
        return latch
    }

    /// - Parameter isGone: opens when nobody waits for more; `nil` where pages are there at once.
    private func next(
        of pages: inout any HTTPBodyPages, for request: HTTPRequest, unless isGone: Latch?
    ) async throws -> [UInt8]? {
        do {
            guard let isGone else { return try await awayFromEventLoop { try await pages.next() } }
            let before = pages
            let (bytes, after) = try await awayFromEventLoop {
                try await withCancellation(on: isGone) {
                    var pages = before
                    return (try await pages.next(), pages)
                }
            }
            pages = after
            return bytes
        } catch let error as CancellationError {
            // The client is gone, or the daemon ends.
            throw error
        } catch {
            logger.error("an answer broke off", metadata: ["path": "\(request.shortPath)", "error": "\(error)"])
            throw error
        }
    }
}
