import Kata
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// A client's connection, with one request after the other.
struct HTTPConnection: Sendable {
    private let channel: any Channel
    private let requests: AsyncStream<HTTPRequest>
    private let end: AsyncStream<HTTPRequest>.Continuation

    /// To be called on the channel's event loop.
    ///
    /// The channel's handlers speak HTTP and hold back a request until the one before is answered. They, and not asynchronous
    /// sequences of parts, put a request together: that takes a fraction of the time.
    init(_ channel: any Channel) throws {
        self.channel = channel
        (requests, end) = AsyncStream.makeStream()
        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
        try channel.pipeline.syncOperations.addHandler(HTTPRequestCollector(end))
    }

    /// Answers requests until the client or a graceful shutdown makes an end. One that was begun is answered first.
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
                    // The client is gone, or there is no end to be sent to what was begun: it learns of that by the close.
                }
                try? await channel.close()
            } onGracefulShutdown: {
                end.finish()
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
        case .pages(let pages):
            channel.write(HTTPServerResponsePart.head(head), promise: nil)
            for try await page in pages {
                try await channel.writeAndFlush(
                    HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: page))))
            }
        }
        try await channel.writeAndFlush(HTTPServerResponsePart.end(nil))
    }
}
