import Glibc
import Hummingbird
import HummingbirdCore
import Kata
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// Serves the HTTP interface on the daemon's Unix socket until a graceful shutdown.
public final class ControlServer: Service {
    /// How long a shutdown waits for clients that still read.
    private static let patience = Duration.seconds(2)

    private let socket: ControlSocket
    private let service: any ControlService
    private let logger: Logger
    private let onReady: @Sendable () async -> Void
    private let failure = Mutex<(any Error)?>(nil)
    private let hasFailed = Signal()
    private let previousMask = Mutex<mode_t?>(nil)

    /// - Parameters:
    ///   - socket: where to listen; it was prepared.
    ///   - onReady: called once requests are answered.
    public init(
        socket: ControlSocket, service: any ControlService, logger: Logger,
        onReady: @escaping @Sendable () async -> Void
    ) {
        // One thread is enough for a control socket. Only the first setting counts, and only before the first use.
        NIOSingletons.groupLoopCountSuggestion = 1
        self.socket = socket
        self.service = service
        self.logger = logger
        self.onReady = onReady
    }

    /// - Throws: ``ControlSocketError``; what the HTTP server threw.
    public func run() async throws {
        defer { socket.remove() }
        // So that the socket is private from its first moment. Nothing else is created meanwhile: the pipelines wait for it.
        let mask = umask(0o177)
        previousMask.withLock { $0 = mask }
        defer { restoreMask() }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
                group.addTask(executorPreference: EventLoopExecutor(eventLoop)) { try await self.makeServer().run() }
                group.addTask {
                    try await gracefulShutdown()
                    try await Task.sleep(for: Self.patience)
                }
                group.addTask { try await self.hasFailed.wait() }
                // The server has ended, or there is a client that does not end, or the socket could not be published.
                try await group.next()
                group.cancelAll()
            }
        } catch is CancellationError {
            // The shutdown.
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Puts the server together from its parts: the framework's `Application` would wake up every second for its date header.
    private func makeServer() throws -> any Service {
        var logger = logger
        // The server's own messages are of no use to somebody who runs a job daemon: requests that fail are logged by
        // ``ProblemMiddleware``, and a connection that is cut off at a shutdown is no error.
        logger.logLevel = .critical
        let responder = ControlRoutes(service: service, logger: self.logger).router().buildResponder()
        return try HTTPServerBuilder.http1().buildServer(
            configuration: .init(address: .unixDomainSocket(path: socket.temporaryPath)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger,
            responder: { [logger] request, writer, channel in
                let context = BasicRequestContext(source: .init(channel: channel, logger: logger))
                let response = try await responder.respond(to: request, context: context)
                try await writer.write(response: response.head, body: response.body)
            },
            onServerRunning: { _ in await self.publish() }
        )
    }

    private func restoreMask() {
        previousMask.withLock { mask in
            if let previous = mask { umask(previous) }
            mask = nil
        }
    }

    private func publish() async {
        do {
            try socket.publish()
            restoreMask()
            logger.info("listening", metadata: ["socket": "\(socket.path)"])
            await onReady()
        } catch {
            failure.withLock { $0 = error }
            hasFailed.fire()
        }
    }
}
