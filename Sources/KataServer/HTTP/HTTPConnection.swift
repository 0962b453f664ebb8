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
    init(_ channel: any Channel, logger: Logger) throws {
        self.channel = channel
        self.logger = logger
        (requests, incoming) = AsyncStream.makeStream()
        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
        try channel.pipeline.syncOperations.addHandler(HTTPRequestCollector(incoming))
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
                        try await send(respond(request), to: request, headers)
                        if !request.isKeptAlive { break }
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

    private func send(_ response: HTTPResponse, to request: HTTPRequest, _ headers: HTTPHeaders) async throws {
        var head = HTTPResponseHead(version: request.version, status: response.status, headers: headers)
        head.headers.add(name: "Content-Type", value: response.type)
        if !request.isKeptAlive { head.headers.add(name: "Connection", value: "close") }
        switch response.body {
        case .whole(let buffer):
            head.headers.add(name: "Content-Length", value: String(buffer.readableBytes))
            channel.write(HTTPServerResponsePart.head(head), promise: nil)
            if request.method != .HEAD { channel.write(HTTPServerResponsePart.body(.byteBuffer(buffer)), promise: nil) }
        case .pages(let first, var rest):
            channel.write(HTTPServerResponsePart.head(head), promise: nil)
            var page = first
            while let bytes = page {
                try await channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: bytes))))
                page = try await next(of: &rest, for: request)
            }
        }
        try await channel.writeAndFlush(HTTPServerResponsePart.end(nil))
    }

    private func next(of pages: inout ResultPages.Iterator, for request: HTTPRequest) async throws -> [UInt8]? {
        do {
            return try await pages.next()
        } catch {
            logger.error("an answer broke off", metadata: ["path": "\(request.path)", "error": "\(error)"])
            throw error
        }
    }
}
