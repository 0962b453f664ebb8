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

    /// To be called on the channel's event loop.
    ///
    /// The channel's handlers speak HTTP and hold back a request until the one before is answered. They, and not asynchronous
    /// sequences of parts, put a request together: that takes a fraction of the time.
    ///
    /// - Parameter budget: room for the bodies of all connections.
    init(_ channel: any Channel, limits: HTTPLimits, budget: BodyBudget, logger: Logger) throws {
        self.channel = channel
        self.logger = logger
        (requests, incoming) = AsyncStream.makeStream()
        let turn = RequestTurn(incoming, limits: limits)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(turn)
        // Errors are answered by the collector, which knows what was answered already.
        try pipeline.configureHTTPServerPipeline(withErrorHandling: false)
        try pipeline.addHandler(HTTPRequestCollector(turn, limits: limits, budget: budget))
    }

    /// A connection on which nothing is read, and that is closed with one answer.
    init(refusing channel: any Channel, logger: Logger) throws {
        self.channel = channel
        self.logger = logger
        (requests, incoming) = AsyncStream.makeStream()
        try channel.pipeline.syncOperations.addHandler(HTTPResponseEncoder())
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
                    for await request in requests {
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
            channel.write(HTTPServerResponsePart.head(head), promise: nil)
            if request.method != .HEAD { channel.write(HTTPServerResponsePart.body(.byteBuffer(buffer)), promise: nil) }
        case .pages where request.method == .HEAD:
            // Nobody knows how long the body is, and the encoder would put the end of a body in chunks behind the head.
            // So the end of the connection has to be the end of the answer.
            head.headers.replaceOrAdd(name: "Connection", value: "close")
            try await channel.writeAndFlush(HTTPServerResponsePart.head(head))
            return false
        case .pages(let first, var rest):
            channel.write(HTTPServerResponsePart.head(head), promise: nil)
            var page = first
            while let bytes = page {
                try await channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: bytes))))
                page = try await next(of: &rest, for: request)
            }
        }
        try await channel.writeAndFlush(HTTPServerResponsePart.end(nil))
        return request.isKeptAlive
    }

    private func next(of pages: inout any HTTPBodyPages, for request: HTTPRequest) async throws -> [UInt8]? {
        do {
            return try await awayFromEventLoop { try await pages.next() }
        } catch {
            logger.error("an answer broke off", metadata: ["path": "\(request.shortPath)", "error": "\(error)"])
            throw error
        }
    }
}
