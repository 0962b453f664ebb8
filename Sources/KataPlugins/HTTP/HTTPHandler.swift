import AsyncHTTPClient
import Foundation
public import Kata
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// Sends each job to a URL.
///
/// 2xx means done. 429 and 503 are tried again when `Retry-After` says so; other 4xx, and redirects, fail for good; anything
/// else, and a server that can't be reached, is tried again.
public struct HTTPHandler: JobHandler, Plugin {
    public static let pluginName = "http"

    private let configuration: HTTPConfiguration
    private let wallClock: any WallClock
    private let client = LazyClient()

    public init(configuration section: inout ConfigurationSection, context: PluginContext) {
        configuration = HTTPConfiguration(&section)
        wallClock = context.wallClock
    }

    public func handle(_ job: Job, in context: JobContext) async throws {
        let request = request(for: job, in: context)
        let response: HTTPClientResponse
        let output: (text: String, omitted: Int)
        do {
            response = try await client.get(configuration).execute(request, deadline: .distantFuture)
            output = try await read(response.body)
        } catch {
            // Cut off, in whatever way the client says so.
            if Task.isCancelled { throw CancellationError() }
            throw JobFailure(HTTPFailure.reason(error, url: configuration.url), retry: .again)
        }
        if !output.text.isEmpty || output.omitted > 0 {
            context.keep(output: output.text, omitting: output.omitted)
        }
        if let failure = failure(of: response) { throw failure }
    }

    public func stop() async { await client.stop() }

    private func request(for job: Job, in context: JobContext) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: configuration.url)
        request.method = .RAW(value: configuration.method)
        let body = body(for: job, in: context)
        for (name, value) in configuration.headers { request.headers.add(name: name, value: value) }
        if !request.headers.contains(name: "User-Agent") { request.headers.add(name: "User-Agent", value: "katad") }
        // The same for each attempt, so that a receiver can tell that it has seen the job before.
        let id = "kata-\(job.id)"
        let timestamp = wallClock.now().milliseconds / 1_000
        request.headers.add(name: "Kata-Attempt", value: "\(job.attempt)")
        request.headers.add(name: "webhook-id", value: id)
        request.headers.add(name: "webhook-timestamp", value: "\(timestamp)")
        if let signature = configuration.signature {
            request.headers.add(
                name: "webhook-signature", value: signature.sign(id: id, timestamp: timestamp, body: body))
        }
        if configuration.method != "GET" { request.body = .bytes(ByteBuffer(bytes: body)) }
        return request
    }

    private func body(for job: Job, in context: JobContext) -> [UInt8] {
        switch configuration.body {
        case .item: return Array(job.item.utf8)
        case .json:
            var json = JSONWriter()
            json.raw("{\"job\":\(job.id),\"attempt\":\(job.attempt),\"pipeline\":")
            json.string(context.pipeline)
            json.raw(",\"item\":")
            json.string(job.item)
            json.raw("}")
            return json.bytes
        }
    }

    /// The first of what the server says, and how much more it was, as far as it was read.
    private func read(_ body: HTTPClientResponse.Body) async throws -> (text: String, omitted: Int) {
        var bytes: [UInt8] = []
        for try await part in body {
            let room = configuration.outputLimit - bytes.count
            bytes += part.readableBytesView.prefix(room)
            // Nobody reads on: the connection is closed, whatever is still to come.
            if part.readableBytes > room { return (String(decoding: bytes, as: UTF8.self), part.readableBytes - room) }
        }
        return (String(decoding: bytes, as: UTF8.self), 0)
    }

    private func failure(of response: HTTPClientResponse) -> JobFailure? {
        let code = response.status.code
        let reason = "the server answered \(code) \(response.status.reasonPhrase)"
        switch code {
        case 200..<300: return nil
        case 300..<400: return JobFailure("\(reason); redirects are not followed, name the last address", retry: .never)
        case 429, 503:
            let delay = response.headers.first(name: "Retry-After").flatMap {
                RetryAfter.delay($0, now: wallClock.now())
            }
            return JobFailure(reason, retry: delay.map { .after($0) } ?? .again)
        // Request Timeout, Too Early
        case 408, 425: return JobFailure(reason, retry: .again)
        case 400..<500: return JobFailure(reason, retry: .never)
        default: return JobFailure(reason, retry: .again)
        }
    }
}

/// A client that is made with the first request, because one that was made has to be shut down.
private final class LazyClient: Sendable {
    private let client = Mutex<HTTPClient?>(nil)

    func get(_ configuration: HTTPConfiguration) -> HTTPClient {
        client.withLock { client in
            if let client { return client }
            var settings = HTTPClient.Configuration()
            settings.redirectConfiguration = .disallow
            settings.timeout = .init(
                connect: .milliseconds(configuration.connectTimeout.wholeMilliseconds),
                read: .milliseconds(configuration.answerTimeout.wholeMilliseconds))
            settings.connectionPool.retryConnectionEstablishment = false
            if let authorities = configuration.authorities {
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.trustRoots = .file(authorities)
                settings.tlsConfiguration = tls
            }
            let made = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
            client = made
            return made
        }
    }

    func stop() async {
        let client = client.withLock { client in
            defer { client = nil }
            return client
        }
        // There is nothing to do about a failure to close connections.
        try? await client?.shutdown()
    }
}

extension Duration {
    /// At least one, because the client takes 0 for none at all.
    fileprivate var wholeMilliseconds: Int64 {
        max(1, components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
