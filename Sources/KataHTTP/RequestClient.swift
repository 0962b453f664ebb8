import AsyncHTTPClient
import Kata
import NIOCore
import NIOSSL
import Synchronization

/// Sends requests over connections that it keeps.
///
/// The client of the library is made with the first request, because a client that was made has to be shut down.
final class RequestClient: Sendable {
    private let configuration: HTTPClient.Configuration
    private let client = Mutex<HTTPClient?>(nil)

    /// - Parameter connections: how many there may be to one server at once.
    init(_ settings: HTTPSettings, connections: Int) {
        configuration = HTTPClient.Configuration(settings, connections: connections)
    }

    /// Sends a request, and gives `body` the answer as soon as its head is there.
    ///
    /// - Throws: what ``HTTPFailure`` has words for; what `body` throws.
    func withAnswer<Result: Sendable>(
        to request: HTTPClientRequest, at target: RequestTarget, _ body: (HTTPClientResponse) async throws -> Result
    ) async throws -> Result {
        guard let (host, address) = target.address else {
            return try await body(made().execute(request, deadline: .distantFuture))
        }
        // A client of its own, because the address goes for this request only. The host's name stays that of the
        // certificate, and of the header.
        var configuration = configuration
        configuration.dnsOverride = [host: address.description]
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(client.execute(request, deadline: .distantFuture))
            // There is nothing to do about a failure to close a connection.
            try? await client.shutdown()
            return result
        } catch {
            // The request's own failure is what is to be told.
            try? await client.shutdown()
            throw error
        }
    }

    /// Closes the connections. No requests come any more.
    func stop() async {
        let client = client.withLock { client in
            defer { client = nil }
            return client
        }
        // There is nothing to do about a failure to close connections.
        try? await client?.shutdown()
    }

    private func made() -> HTTPClient {
        client.withLock { client in
            if let client { return client }
            let made = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            client = made
            return made
        }
    }
}

extension HTTPClient.Configuration {
    fileprivate init(_ settings: HTTPSettings, connections: Int) {
        self.init()
        redirectConfiguration = .disallow
        timeout = Timeout(
            connect: .milliseconds(settings.connectTimeout.atLeastOneMillisecond),
            read: .milliseconds(settings.answerTimeout.atLeastOneMillisecond))
        // One protocol, whose answers are checked before the client sees them.
        httpVersion = .http1Only
        http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture { try ResponseGuard.add(to: channel) }
        }
        connectionPool.retryConnectionEstablishment = false
        // No job waits for another's connection: how many are sent at once is for the pipeline's workers to say.
        connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        if let authorities = settings.authorities {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(authorities)
            tlsConfiguration = tls
        }
    }
}

extension Duration {
    /// In milliseconds; the client takes 0 for no limit at all.
    fileprivate var atLeastOneMillisecond: Int64 { max(1, milliseconds) }
}
